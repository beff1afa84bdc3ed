package io.firesteel.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LossesTest {

  /** A loss as a user writes it. */
  static final class LastColumn extends Loss {
    LastColumn(String name) {
      super(name, Reduction.SUM);
    }

    @Override
    public int labelWidth(int predictionWidth) {
      return 2;
    }

    @Override
    public void call(
        float[] labels,
        float[] predictions,
        int samples,
        int width,
        float[] losses,
        float @Nullable [] gradient) {
      for (int i = 0; i < samples; i++) {
        losses[i] = predictions[(i + 1) * width - 1];
      }
    }
  }

  @Test
  void lossIsReturnedAsItIs() {
    Loss loss = Huber.builder().delta(2.0).build();
    assertSame(loss, Losses.get(loss));
    assertSame(loss, Losses.resolve(loss, 1, 1));
  }

  @Test
  void mapInKerasFormIsUnderstood() {
    Loss loss =
        Losses.get(
            Map.of("class_name", "CategoricalCrossentropy", "config", Map.of("from_logits", true)));
    assertEquals(true, loss.getConfig().get("from_logits"));
  }

  @Test
  void lossFunctionOfAKerasArchiveBecomesTheLoss() {
    Config function =
        Config.parse(
            """
            {"module": "builtins", "class_name": "function",
             "config": "mean_absolute_error", "registered_name": "function"}\
            """);
    assertEquals("MeanAbsoluteError", Losses.get(function).className());
  }

  @Test
  void unknownLossesAreRefused() {
    String names = String.join(", ", Losses.names());
    assertRefused(
        "Unknown loss 'xqzwvk'. Allowed: %s. A custom class must be registered first"
            .formatted(names),
        () -> Losses.get("xqzwvk"));
    assertRefused(
        "The loss 'ctc' is not supported: it aligns sequences of different lengths. Allowed: "
            + names,
        () -> Losses.get("ctc"));
    assertRefused(
        "The loss 'Circle' is not supported: it compares each row of a batch with all others, which"
            + " no shard of the rows has. Allowed: "
            + names,
        () -> Losses.get(Map.of("class_name", "Circle", "config", Map.of())));
    assertRefused(
        "Dice: 'axis' must be axes of a row, e.g. -1, the last, or [1, 2, 3]: over all axes, the"
            + " default, or the axis 0, the rows of a batch are no sum of their losses. Received:"
            + " null",
        () -> Losses.get("dice"));
    assertRefused(
        "Tversky: 'axis' must be axes of a row, e.g. -1, the last, or [1, 2, 3]: over all axes, the"
            + " default, or the axis 0, the rows of a batch are no sum of their losses. Received:"
            + " [0, 1]",
        () -> Losses.get("tversky", Map.of("axis", List.of(0, 1))));
    assertRefused(
        "CategoricalGeneralizedCrossEntropy: 'q' must be in (0, 1). Received: 1.0",
        () -> Losses.get("CategoricalGeneralizedCrossEntropy", Map.of("q", 1.0)));
    assertRefused(
        "Could not interpret the loss identifier null. Allowed: an instance, a name (%s), or a serialized config"
            .formatted(names),
        () -> Losses.get(null));
    assertRefused(
        "Unknown loss 'ce'. Allowed: %s. A custom class must be registered first".formatted(names),
        () -> Losses.get("ce"));
  }

  @Test
  void customLossIsKnownOnceItIsRegistered() {
    Losses.register(
        "acme", LastColumn.class, c -> new LastColumn(c.reader("LastColumn").string("name")));
    Loss loss = new LastColumn("last");
    Config serialized = Losses.serialize(loss);
    assertEquals("acme>LastColumn", serialized.get("registered_name"));
    Loss rebuilt = Losses.get(serialized.toJson());
    assertEquals("last", rebuilt.name());
    float[] losses = new float[2];
    rebuilt.call(new float[4], new float[] {1f, 2f, 3f, 4f}, 2, 2, losses, null);
    assertArrayEquals(new float[] {2f, 4f}, losses);
  }

  @Test
  void customLossAsksForFiniteLabelsOfItsWidth() {
    Loss loss = new LastColumn("last");
    assertTrue(loss.takesPart(new float[] {0f, 0f}, 0));
    assertNull(loss.checkLabels(new float[] {-3f, 1e30f, Float.NaN}, 1, 7));
    assertEquals(
        "the label NaN is not allowed for last: labels must be finite numbers",
        loss.checkLabels(new float[] {1f, 2f, 3f, Float.NaN}, 2, 7));
  }

  @Test
  void nameOfNullIsTheDefault() {
    Config config = Config.parse("{\"name\": null, \"dtype\": null}");
    assertEquals("huber_loss", Losses.get("Huber", config.toMap()).name());
  }

  @Test
  void configRefusesWhatNoLossCanBe() {
    assertRefused(
        "A loss must be reduced to one number. Allowed for 'reduction': sum_over_batch_size, mean,"
            + " mean_with_sample_weight, sum. Received: none",
        () -> Losses.get("MeanSquaredError", Config.parse("{\"reduction\": \"none\"}").toMap()));
    assertRefused(
        "A loss must be reduced to one number. Allowed for 'reduction': sum_over_batch_size, mean,"
            + " mean_with_sample_weight, sum. Received: null",
        () -> Losses.get("MeanSquaredError", Config.parse("{\"reduction\": null}").toMap()));
    assertRefused(
        "Unknown reduction. Allowed for 'reduction': sum_over_batch_size, mean,"
            + " mean_with_sample_weight, sum. Received: average",
        () -> Losses.get("MeanSquaredError", Config.parse("{\"reduction\": \"average\"}").toMap()));
    assertRefused(
        "MeanSquaredError: 'reduction' must be a string. Received: 3",
        () -> Losses.get("MeanSquaredError", Config.parse("{\"reduction\": 3}").toMap()));
    for (String name : List.of("BinaryCrossentropy", "CategoricalCrossentropy")) {
      Config config = Config.parse("{\"label_smoothing\": 1.5}");
      assertRefused(
          name + ": 'label_smoothing' must be in [0, 1]. Received: 1.5",
          () -> Losses.get(Map.of("class_name", name, "config", config)));
    }

    assertRefused(
        "SparseCategoricalCrossentropy: 'axis' must be -1, the last axis. Received: 1",
        () -> Losses.get("SparseCategoricalCrossentropy", Map.of("axis", 1)));
    for (String name : List.of("BinaryCrossentropy", "CategoricalCrossentropy")) {
      assertRefused(
          name
              + ": 'axis' must be an axis of a row: 1 or more, or counted from the end. Received:"
              + " 0",
          () -> Losses.get(name, Map.of("axis", 0)));
    }

    assertRefused(
        "CategoricalCrossentropy: 'label_smoothing' needs the axis -1, for Keras spreads it along"
            + " the last axis whatever 'axis' is. Received: label_smoothing=0.1, axis=1",
        () -> CategoricalCrossentropy.builder().axis(1).labelSmoothing(0.1).build());
  }

  @Test
  void buildersRefuseNumbersThatAreNone() {
    assertRefused(
        "BinaryCrossentropy: 'label_smoothing' must be in [0, 1]. Received: NaN",
        () -> BinaryCrossentropy.builder().labelSmoothing(Double.NaN).build());
    assertRefused(
        "CategoricalCrossentropy: 'label_smoothing' must be in [0, 1]. Received: -0.1",
        () -> CategoricalCrossentropy.builder().labelSmoothing(-0.1).build());
    for (double delta : new double[] {0.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertRefused(
          "Huber: 'delta' must be finite and > 0. Received: " + delta,
          () -> Huber.builder().delta(delta).build());
    }
  }

  @Test
  void focalLossesRefuseArgumentsOutOfRange() {
    assertRefused(
        "BinaryFocalCrossentropy: 'alpha' must be in [0, 1]. Received: 1.5",
        () -> BinaryFocalCrossentropy.builder().alpha(1.5).build());
    assertRefused(
        "BinaryFocalCrossentropy: 'gamma' must be finite and >= 0. Received: -1.0",
        () -> BinaryFocalCrossentropy.builder().gamma(-1).build());
    assertRefused(
        "CategoricalFocalCrossentropy: 'alpha' must be a number >= 0, or one a class. Received:"
            + " [-0.5]",
        () -> CategoricalFocalCrossentropy.builder().alpha(-0.5).build());
    assertRefused(
        "CategoricalFocalCrossentropy: 'alpha' must be a number >= 0, or one a class. Received: []",
        () -> Losses.get("CategoricalFocalCrossentropy", Config.parse("{\"alpha\": []}").toMap()));
    assertRefused(
        "CategoricalFocalCrossentropy: 'gamma' must be finite and >= 0. Received: NaN",
        () -> CategoricalFocalCrossentropy.builder().gamma(Double.NaN).build());
    assertRefused(
        "CosineSimilarity: 'axis' must be an axis of a row: 1 or more, or counted from the end."
            + " Received: 0",
        () -> Losses.get("CosineSimilarity", Config.parse("{\"axis\": 0}").toMap()));
  }

  @Test
  void reductionOfNothingIsZero() {
    assertEquals(0.0, Reduction.SUM_OVER_BATCH_SIZE.reduce(0.0, 0, 0.0));
    assertEquals(0.0, Reduction.MEAN_WITH_SAMPLE_WEIGHT.reduce(0.0, 3, 0.0));
    assertEquals(4.0, Reduction.MEAN.divisor(4, 2.0));
    assertEquals(2.0, Reduction.MEAN_WITH_SAMPLE_WEIGHT.divisor(4, 2.0));
    assertEquals(1.0, Reduction.SUM.divisor(4, 2.0));
  }

  private static void assertRefused(String text, Runnable action) {
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, action::run);
    assertEquals(text, refused.getMessage());
  }
}
