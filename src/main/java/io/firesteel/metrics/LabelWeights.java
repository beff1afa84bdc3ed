package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The weights of the predictions of a sample, which Keras writes as a tensor. */
final class LabelWeights {

  private static final String KEY = "label_weights";

  private LabelWeights() {}

  /** Reads a list of numbers or a serialized tensor of them, null if there is none. */
  static @Nullable List<Double> read(ConfigReader reader) {
    if (reader.any(KEY) instanceof Config tensor) {
      if (!"__tensor__".equals(tensor.get("class_name"))) {
        throw reader.invalid(KEY, "a list of numbers");
      }

      return tensor.reader(KEY).config("config").reader(KEY).numbers("value");
    }

    return reader.any(KEY) == null ? null : reader.numbers(KEY);
  }

  /** Returns the weights as Keras writes them. */
  static Config toConfig(List<Double> weights) {
    return Config.builder()
        .put("class_name", "__tensor__")
        .put("config", Config.builder().put("value", weights).put("dtype", "float32").build())
        .build();
  }

  /**
   * Checks weights.
   *
   * @throws IllegalArgumentException if one is negative or not finite, or all are 0
   */
  static List<Double> checked(List<Double> weights) {
    boolean ok =
        weights.stream().allMatch(w -> w >= 0.0 && Double.isFinite(w))
            && weights.stream().anyMatch(w -> w > 0.0);
    Argument.require("AUC", "label_weights", weights, ok, "numbers >= 0, not all 0");

    return List.copyOf(weights);
  }
}
