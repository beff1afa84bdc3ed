package io.firesteel.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
import java.util.List;
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
    assertEquals(1, of(TruePositives.builder().build(), labels, predictions));
    assertEquals(1, of(FalseNegatives.builder().build(), labels, predictions));
    assertEquals(1, of(TrueNegatives.builder().build(), labels, predictions));
    assertEquals(1, of(FalsePositives.builder().build(), labels, predictions));
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
    assertEquals(1, of(FalseNegatives.builder().build(), labels, predictions));
    assertEquals(1, of(TrueNegatives.builder().build(), labels, predictions));
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
  void metricsAreOneNumber() {
    assertRefused(
        "TruePositives: 'thresholds' must be one number, for a metric is one number. Received:"
            + " [0.3, 0.7]",
        () -> TruePositives.fromConfig(Config.parse("{\"thresholds\":[0.3,0.7]}")));
    assertRefused(
        "The metric f1_score has one value a class; set 'average' to micro, macro or weighted."
            + " Received: average=null, 3 predictions a sample",
        () -> Metrics.resolve("f1_score", 3, 3));
    assertEquals("f1_score", Metrics.resolve("f1_score", 1, 1).name());
    assertRefused(
        "The metric r2_score has one value an output; set 'class_aggregation' to uniform_average or"
            + " variance_weighted_average. Received: class_aggregation=null, 2 predictions a"
            + " sample",
        () -> Metrics.resolve(R2Score.builder().classAggregation(null).build(), 2, 2));
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
        () -> Metrics.resolve(RecallAtPrecision.builder(0.5).classId(3).build(), 3, 3));
    assertRefused(
        "The metric auc is for 2 labels a sample. Received: 3 predictions a sample",
        () ->
            Metrics.resolve(
                AUC.fromConfig(Config.parse("{\"multi_label\":true,\"num_labels\":2}")), 3, 3));
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
            F1Score.builder().build(),
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
        () -> Recall.builder().threshold(1.5));
    assertRefused(
        "Precision: 'top_k' must be an integer >= 1. Received: 0",
        () -> Precision.builder().topK(0));
    assertRefused(
        "Precision: 'class_id' must be an integer >= 0. Received: -1",
        () -> Precision.builder().classId(-1));
    assertRefused(
        "SensitivityAtSpecificity: 'specificity' must be in [0, 1]. Received: 2.0",
        () -> SensitivityAtSpecificity.builder(2));
    assertRefused(
        "PrecisionAtRecall: 'num_thresholds' must be an integer from 1 to 1048576. Received: 0",
        () -> PrecisionAtRecall.builder(0.5).numThresholds(0));
    assertRefused(
        "SpecificityAtSensitivity: 'class_id' must be an integer >= 0. Received: -2",
        () -> SpecificityAtSensitivity.builder(0.5).classId(-2));
    assertRefused(
        "AUC: 'num_thresholds' must be an integer from 2 to 1048576. Received: 1",
        () -> AUC.builder().numThresholds(1));
    assertRefused(
        "AUC: 'thresholds' must be numbers in [0, 1]. Received: [0.5, NaN]",
        () -> AUC.builder().thresholds(List.of(0.5, Double.NaN)));
    assertRefused(
        "AUC: 'curve' must be one of ROC, PR, PRGAIN. Received: PRC",
        () -> AUC.builder().curve("PRC"));
    assertRefused(
        "AUC: 'summation_method' must be one of interpolation, minoring, majoring. Received: mean",
        () -> AUC.builder().summationMethod("mean"));
    assertRefused(
        "AUC: 'label_weights' must be numbers >= 0, not all 0. Received: [0.0]",
        () -> AUC.builder().labelWeights(List.of(0.0)));
    assertRefused(
        "AUC: 'num_labels' must be null unless multi_label is true. Received: 2",
        () -> AUC.fromConfig(Config.parse("{\"num_labels\":2}")));
    assertRefused(
        "AUC: 'label_weights' must be a list of numbers. Received: {}",
        () -> AUC.fromConfig(Config.parse("{\"label_weights\":{}}")));
    assertRefused(
        "F1Score: 'average' must be one of micro, macro, weighted. Received: mean",
        () -> F1Score.builder().average("mean"));
    assertRefused(
        "F1Score: 'threshold' must be in (0, 1]. Received: 0.0",
        () -> F1Score.builder().threshold(0));
    assertRefused(
        "FBetaScore: 'beta' must be finite and > 0. Received: -1.0",
        () -> FBetaScore.builder().beta(-1));
    assertRefused(
        "R2Score: 'class_aggregation' must be one of null, uniform_average,"
            + " variance_weighted_average. Received: sum",
        () -> R2Score.builder().classAggregation("sum"));
    assertRefused(
        "R2Score: 'num_regressors' must be an integer >= 0. Received: -1",
        () -> R2Score.builder().numRegressors(-1));
    assertRefused(
        "CosineSimilarity: 'axis' must be -1, the last axis. Received: 0",
        () -> CosineSimilarity.fromConfig(Config.parse("{\"axis\":0}")));
  }
}
