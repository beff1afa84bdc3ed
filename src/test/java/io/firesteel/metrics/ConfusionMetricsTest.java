package io.firesteel.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Arguments of metrics that count right and wrong answers, and their edges. */
class ConfusionMetricsTest {

  private static void assertRefused(String text, Runnable action) {
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, action::run);
    assertEquals(text, refused.getMessage());
  }

  private static double of(Metric metric, float[] labels, float[] predictions) {
    Metric bound = metric.forWidth(1);
    double[] state = new double[bound.stateSize()];
    bound.update(labels, 1, predictions, 1, labels.length, null, state, 0);
    return bound.result(state, 0);
  }

  @Test
  void aPredictionOnTheThresholdIsNegative() {
    float[] labels = {1, 1, 0, 0};
    float[] predictions = {0.5f, 0.75f, 0.5f, 0.75f};
    assertEquals(1, of(Metrics.get("TruePositives"), labels, predictions));
    assertEquals(1, of(Metrics.get("FalseNegatives"), labels, predictions));
    assertEquals(1, of(Metrics.get("TrueNegatives"), labels, predictions));
    assertEquals(1, of(Metrics.get("FalsePositives"), labels, predictions));
    assertEquals(0.5, of(Precision.builder().build(), labels, predictions));
    assertEquals(1.0, of(Recall.builder().threshold(0.25).build(), labels, predictions));
  }

  @Test
  void anAreaIsOneWhereAllIsInOrderAndOneHalfWhereNothingIs() {
    float[] labels = {0, 0, 1, 1};
    assertEquals(1.0, of(AUC.builder().build(), labels, new float[] {0f, 0.3f, 0.6f, 1f}), 1e-12);
    assertEquals(0.0, of(AUC.builder().build(), labels, new float[] {1f, 0.6f, 0.3f, 0f}), 1e-12);
    assertEquals(0.5, of(AUC.builder().build(), labels, new float[] {1f, 1f, 1f, 1f}), 1e-12);
  }

  @Test
  void aPredictionThatIsNoNumberIsAboveNoThreshold() {
    float[] labels = {1, 0};
    float[] predictions = {Float.NaN, Float.NaN};
    assertEquals(1, of(Metrics.get("FalseNegatives"), labels, predictions));
    assertEquals(1, of(Metrics.get("TrueNegatives"), labels, predictions));
    assertEquals(0, of(AUC.builder().build(), labels, predictions));
  }

  @Test
  void aCurveThroughFewPointsKnowsThem() {
    Metric coarse = AUC.builder().thresholds(List.of(0.9, 0.5)).build();
    assertEquals(List.of(0.5, 0.9), coarse.getConfig().get("thresholds"));
    assertEquals(4L, coarse.getConfig().reader("auc").integer("num_thresholds"));
    float[] labels = {0, 1};
    assertEquals(0.5, of(coarse, labels, new float[] {0.6f, 0.7f}), 1e-12);
    assertEquals(1.0, of(coarse, labels, new float[] {0.4f, 0.7f}), 1e-12);
  }

  @Test
  void severalThresholdsAndClassesHaveAResultEach() {
    float[] labels = {1, 1, 0, 0};
    float[] predictions = {0.5f, 0.75f, 0.5f, 0.75f};
    Metric counts = Metrics.get("TruePositives", Map.of("thresholds", List.of(0.7, 0.2)));
    double[] state = new double[counts.stateSize()];
    counts.update(labels, 1, predictions, 1, 4, null, state, 0);
    assertEquals(2, counts.resultSize());
    assertEquals(1.0, counts.result(state, 0, 0));
    assertEquals(2.0, counts.result(state, 0, 1));
    assertEquals(1.0, counts.result(state, 0));
    assertRefused(
        "Recall: 'thresholds' must be one or more. Received: []",
        () -> Recall.builder().thresholds(List.of()).build());
    assertEquals(3, Metrics.resolve("f1_score", 3, 3).forWidth(3).resultSize());
    assertEquals(1, Metrics.resolve("f1_score", 1, 1).forWidth(1).resultSize());
    Metric outputs = R2Score.builder().classAggregation(null).build();
    assertEquals(2, Metrics.resolve(outputs, 2, 2).forWidth(2).resultSize());
  }

  @Test
  void widthsMustFitTheArguments() {
    assertRefused(
        "The metric precision needs 4 predictions a sample or more, as many as top_k. Received: 3",
        () -> Metrics.resolve(Precision.builder().topK(4).build(), 3, 3));
    assertRefused(
        "The metric recall looks at the class 3. Received: 3 predictions a sample",
        () -> Metrics.resolve(Recall.builder().classId(3).build(), 3, 3));
    assertRefused(
        "The metric recall_at_precision looks at the class 3. Received: 3 predictions a sample",
        () ->
            Metrics.resolve(
                Metrics.get("RecallAtPrecision", Map.of("precision", 0.5, "class_id", 3)), 3, 3));
    assertRefused(
        "The metric auc is for 2 labels a sample. Received: 3 predictions a sample",
        () ->
            Metrics.resolve(
                Metrics.get("AUC", Config.parse("{\"multi_label\":true,\"num_labels\":2}").toMap()),
                3,
                3));
    assertRefused(
        "The metric auc has 1 label_weights, which must be one a prediction. Received: 3"
            + " predictions a sample",
        () -> Metrics.resolve(AUC.builder().labelWeights(List.of(1.0)).build(), 3, 3));
    assertRefused(
        "The metric auc needs labels as wide as the predictions. Received: labels of width 1,"
            + " predictions of width 3",
        () -> Metrics.resolve("auc", 3, 1));
  }

  @Test
  void widthsMustBeKnown() {
    for (Metric metric :
        List.of(
            R2Score.builder().build(),
            Metrics.get("F1Score"),
            AUC.builder().multiLabel().build())) {
      assertEquals(
          "The metric %s does not know the width of predictions: call forWidth first"
              .formatted(metric.name()),
          assertThrows(IllegalStateException.class, metric::stateSize).getMessage());
    }

    assertEquals(4, FBetaScore.builder().average("micro").build().stateSize());
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    assertRefused(
        "Recall: 'thresholds' must be in [0, 1]. Received: 1.5",
        () -> Recall.builder().threshold(1.5).build());
    assertRefused(
        "Precision: 'top_k' must be an integer >= 1. Received: 0",
        () -> Precision.builder().topK(0).build());
    assertRefused(
        "Precision: 'class_id' must be an integer >= 0. Received: -1",
        () -> Precision.builder().classId(-1).build());
    assertRefused(
        "SensitivityAtSpecificity: 'specificity' must be in [0, 1]. Received: 2.0",
        () -> Metrics.get("SensitivityAtSpecificity", Map.of("specificity", 2.0)));
    assertRefused(
        "PrecisionAtRecall: 'num_thresholds' must be an integer from 1 to 1048576. Received: 0",
        () -> Metrics.get("PrecisionAtRecall", Map.of("recall", 0.5, "num_thresholds", 0)));
    assertRefused(
        "SpecificityAtSensitivity: 'class_id' must be an integer >= 0. Received: -2",
        () -> Metrics.get("SpecificityAtSensitivity", Map.of("sensitivity", 0.5, "class_id", -2)));
    assertRefused(
        "AUC: 'num_thresholds' must be an integer from 2 to 1048576. Received: 1",
        () -> AUC.builder().numThresholds(1).build());
    assertRefused(
        "AUC: 'thresholds' must be numbers in [0, 1]. Received: [0.5, NaN]",
        () -> AUC.builder().thresholds(List.of(0.5, Double.NaN)).build());
    assertRefused(
        "AUC: 'curve' must be one of ROC, PR, PRGAIN. Received: PRC",
        () -> AUC.builder().curve("PRC").build());
    assertRefused(
        "AUC: 'summation_method' must be one of interpolation, minoring, majoring. Received: mean",
        () -> AUC.builder().summationMethod("mean").build());
    assertRefused(
        "AUC: 'label_weights' must be numbers >= 0, not all 0. Received: [0.0]",
        () -> AUC.builder().labelWeights(List.of(0.0)).build());
    assertRefused(
        "AUC: 'num_labels' must be null unless multi_label is true. Received: 2",
        () -> Metrics.get("AUC", Config.parse("{\"num_labels\":2}").toMap()));
    assertRefused(
        "AUC: 'label_weights' must be a list of numbers. Received: {}",
        () -> Metrics.get("AUC", Config.parse("{\"label_weights\":{}}").toMap()));
    assertRefused(
        "F1Score: 'average' must be one of null, micro, macro, weighted. Received: mean",
        () -> Metrics.get("F1Score", Map.of("average", "mean")));
    assertRefused(
        "F1Score: 'threshold' must be in (0, 1]. Received: 0.0",
        () -> Metrics.get("F1Score", Map.of("threshold", 0.0)));
    assertRefused(
        "FBetaScore: 'beta' must be finite and > 0. Received: -1.0",
        () -> FBetaScore.builder().beta(-1).build());
    assertRefused(
        "R2Score: 'class_aggregation' must be one of null, uniform_average,"
            + " variance_weighted_average. Received: sum",
        () -> R2Score.builder().classAggregation("sum").build());
    assertRefused(
        "R2Score: 'num_regressors' must be an integer >= 0. Received: -1",
        () -> R2Score.builder().numRegressors(-1).build());
    assertRefused(
        "CosineSimilarity: 'axis' must be -1, the last axis. Received: 0",
        () -> Metrics.get("CosineSimilarity", Config.parse("{\"axis\":0}").toMap()));
  }
}
