package io.firesteel.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.losses.Huber;
import io.firesteel.saving.Config;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MetricsTest {

  /** A metric as a user writes it. */
  static final class Rows extends Metric {
    Rows(String name) {
      super(name);
    }

    @Override
    public int stateSize() {
      return 1;
    }

    @Override
    public void update(
        float[] labels,
        int labelWidth,
        float[] predictions,
        int width,
        int samples,
        float @Nullable [] weights,
        double[] state,
        int offset) {
      state[offset] += samples;
    }

    @Override
    public double result(double[] state, int offset) {
      return state[offset];
    }
  }

  private static void register() {
    Metrics.register(
        "acme", Rows.class, config -> new Rows(config.reader("Rows").string("name", "rows")));
  }

  @Test
  void metricIsReturnedAsItIs() {
    Metric metric = BinaryAccuracy.builder().threshold(0.3).name("close").build();
    assertSame(metric, Metrics.get(metric));
    assertSame(metric, Metrics.resolve(metric, 3, 3));
  }

  @Test
  void serializedMetricKeepsItsName() {
    Map<String, Object> serialized =
        Map.of("class_name", "TopKCategoricalAccuracy", "config", Map.of("k", 2, "name", "top2"));
    assertEquals("top2", Metrics.get(serialized).name());
    assertEquals("top2", Metrics.resolve(Config.of(serialized), 5, 5).name());
    assertEquals("top2", Metrics.resolve(Config.of(serialized).toJson(), 5, 5).name());
  }

  @Test
  void metricFunctionOfAKerasArchiveBecomesTheMetric() {
    Config function =
        Config.parse("{\"class_name\": \"function\", \"config\": \"mean_absolute_error\"}");
    assertEquals("MeanAbsoluteError", Metrics.get(function).className());
  }

  @Test
  void unknownMetricsAreRefused() {
    String names = String.join(", ", Metrics.names());
    assertRefused(
        "Unknown metric 'xqzwvk'. Allowed: %s. A custom class must be registered first"
            .formatted(names),
        () -> Metrics.resolve("xqzwvk", 1, 1));
    assertRefused(
        "Unknown metric 'crossentropy'. Allowed: %s. A custom class must be registered first"
            .formatted(names),
        () -> Metrics.resolve("crossentropy", 1, 1));
    assertRefused(
        "Could not interpret the metric identifier null. Allowed: an instance, a name (%s), or a serialized config"
            .formatted(names),
        () -> Metrics.resolve(null, 1, 1));
  }

  @Test
  void customMetricIsKnownOnceItIsRegistered() {
    register();
    Config serialized = Metrics.serialize(new Rows("lines"));
    assertEquals("acme>Rows", serialized.get("registered_name"));
    assertEquals("lines", Metrics.get(serialized.toJson()).name());
    assertEquals("acme>Rows", Metrics.resolve("acme>Rows", 2, 2).name());
    assertRefused(
        "The metric acme>Rows needs labels as wide as the predictions. Received: labels of width 1,"
            + " predictions of width 2",
        () -> Metrics.resolve("acme>Rows", 2, 1));
  }

  @Test
  void widthsThatDoNotFitAreRefusedByName() {
    assertRefused(
        "The metric mse needs labels of width 10 for predictions of width 10. Received: labels of"
            + " width 1",
        () -> Metrics.resolve("mse", 10, 1));
    assertRefused(
        "The metric sparse_categorical_crossentropy needs labels of width 1 for predictions of"
            + " width 3. Received: labels of width 3",
        () -> Metrics.resolve("sparse_categorical_crossentropy", 3, 3));
    assertRefused(
        "The metric binary_accuracy needs labels as wide as the predictions. Received: labels of"
            + " width 1, predictions of width 2",
        () -> Metrics.resolve("binary_accuracy", 2, 1));
    assertRefused(
        "The metric sparse_categorical_accuracy needs labels of width 1, class indices. Received:"
            + " labels of width 3",
        () -> Metrics.resolve("sparse_categorical_accuracy", 3, 3));
    assertRefused(
        "The metric sparse_top_k_categorical_accuracy needs 2 predictions a sample or more, one a"
            + " class. Received: 1",
        () -> Metrics.resolve("sparse_top_k_categorical_accuracy", 1, 1));
    assertRefused(
        "The metric categorical_accuracy needs 2 predictions a sample or more, one a class."
            + " Received: 1",
        () -> Metrics.resolve("categorical_accuracy", 1, 1));
    assertRefused(
        "The metric top_k_categorical_accuracy needs labels as wide as the predictions. Received:"
            + " labels of width 1, predictions of width 3",
        () -> Metrics.resolve("top_k_categorical_accuracy", 3, 1));
    assertRefused(
        "The metric ids needs 5 predictions a sample or more, class indices. Received: 4",
        () ->
            Metrics.resolve(
                SparseTopKCategoricalAccuracy.builder().name("ids").fromSortedIds().build(), 4, 1));
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    assertRefused(
        "BinaryAccuracy: 'threshold' must be finite. Received: NaN",
        () -> BinaryAccuracy.builder().threshold(Double.NaN).build());
    assertRefused(
        "TopKCategoricalAccuracy: 'k' must be an integer >= 1. Received: 0",
        () -> TopKCategoricalAccuracy.builder().k(0).build());
    assertRefused(
        "SparseTopKCategoricalAccuracy: 'k' must be an integer >= 1. Received: -1",
        () -> Metrics.get("SparseTopKCategoricalAccuracy", Config.parse("{\"k\": -1}").toMap()));
    assertRefused(
        "CategoricalCrossentropy: 'axis' must be -1, the last axis. Received: 0",
        () -> Metrics.get("CategoricalCrossentropy", Config.parse("{\"axis\": 0}").toMap()));
    assertRefused(
        "BinaryCrossentropy: 'label_smoothing' must be in [0, 1]. Received: 2.0",
        () ->
            Metrics.get("BinaryCrossentropy", Config.parse("{\"label_smoothing\": 2.0}").toMap()));
  }

  @Test
  void firstOfEqualScoresIsTheAnswer() {
    float[] scores = {0.4f, 0.4f, 0.2f};
    assertEquals(1.0, sparse(new float[] {0f}, scores));
    assertEquals(0.0, sparse(new float[] {1f}, scores));
    assertEquals(0.0, sparse(new float[] {2f}, new float[] {0.1f, Float.NaN, Float.NaN}));
    assertEquals(1.0, sparse(new float[] {1f}, new float[] {0.1f, Float.NaN, 7f}));
  }

  @Test
  void equalScoresAreAllAmongTheLargest() {
    float[] scores = {0.5f, 0.5f, 0.5f, 0.1f};
    assertTrue(Classes.inTopK(2f, scores, 0, 4, 1));
    assertFalse(Classes.inTopK(3f, scores, 0, 4, 3));
    assertTrue(Classes.inTopK(3f, scores, 0, 4, 4));
    assertFalse(Classes.inTopK(4f, scores, 0, 4, 9));
    assertFalse(Classes.inTopK(-1f, scores, 0, 4, 9));
    assertFalse(Classes.inTopK(0f, new float[] {Float.NaN, 1f}, 0, 2, 1));
  }

  @Test
  void crossentropyTakesTheArgumentsOfItsLoss() {
    Metric metric =
        Metrics.get(
            "SparseCategoricalCrossentropy", Map.of("from_logits", true, "ignore_class", 3));
    assertEquals(
        "{\"name\":\"sparse_categorical_crossentropy\",\"dtype\":\"float32\",\"from_logits\":true,\"ignore_class\":3,\"axis\":-1}",
        metric.getConfig().toJson());
    assertNull(metric.checkWidths(1, 4));

    Map<String, ?> arguments = Map.of("from_logits", true, "label_smoothing", 0.1, "name", "ce");
    assertEquals(
        "{\"name\":\"ce\",\"dtype\":\"float32\",\"from_logits\":true,\"label_smoothing\":0.1}",
        Metrics.get("BinaryCrossentropy", arguments).getConfig().toJson());
  }

  @Test
  void reductionsOfValuesAreNoMetricsForCompile() {
    assertRefused(
        "The metric 'Mean' reduces values, not labels and predictions, so it is none for compile."
            + " Allowed: MeanMetricWrapper, the mean of a loss; or a metric of your own",
        () -> Metrics.get(Map.of("class_name", "Mean")));
    assertRefused(
        "The metric 'sum' reduces values, not labels and predictions, so it is none for compile."
            + " Allowed: MeanMetricWrapper, the mean of a loss; or a metric of your own",
        () -> Metrics.get("sum"));
  }

  @Test
  void intersectionsFitLabelsAndPredictionsOfTheirForm() {
    assertRefused(
        "IoU: 'target_class_ids' must be class indices from 0 to 2. Received: [3]",
        () -> Metrics.get("IoU", Map.of("num_classes", 3, "target_class_ids", List.of(3))));
    assertNull(Metrics.get("MeanIoU", Map.of("num_classes", 3)).checkWidths(2, 2));
    assertNull(Metrics.get("OneHotMeanIoU", Map.of("num_classes", 3)).checkWidths(3, 3));
    assertRefused(
        "The metric one_hot_mean_io_u for 3 classes does not fit labels of width 1 and predictions"
            + " of width 3 with sparse_y_true false and sparse_y_pred false",
        () -> Metrics.resolve(Metrics.get("OneHotMeanIoU", Map.of("num_classes", 3)), 3, 1));
  }

  @Test
  void meanOfALossOfOnesOwnIsWrittenAsKerasWritesIt() {
    Metric metric = MeanMetricWrapper.of("far", Huber.builder().delta(2.0).build());
    Config serialized = Metrics.serialize(metric);
    assertEquals("MeanMetricWrapper", serialized.get("class_name"));
    assertEquals(
        "{\"name\":\"far\",\"dtype\":\"float32\",\"fn\":{\"module\":\"builtins\",\"class_name\":\"function\",\"config\":\"huber\",\"registered_name\":\"function\"},\"delta\":2.0}",
        metric.getConfig().toJson());
    Metric rebuilt = Metrics.deserialize(serialized);
    assertEquals(serialized, Metrics.serialize(rebuilt));
    double[] state = new double[2];
    rebuilt.update(new float[] {0f, 0f}, 1, new float[] {1f, 3f}, 1, 2, null, state, 0);
    assertEquals((0.5 + (2.0 * 3.0 - 2.0)) / 2.0, rebuilt.result(state, 0));
  }

  private static double sparse(float[] labels, float[] scores) {
    Metric metric = Metrics.get("SparseCategoricalAccuracy");
    double[] state = new double[2];
    metric.update(labels, 1, scores, scores.length, labels.length, null, state, 0);
    return metric.result(state, 0);
  }

  private static void assertRefused(String text, Runnable action) {
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, action::run);
    assertEquals(text, refused.getMessage());
  }
}
