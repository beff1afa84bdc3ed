package io.firesteel.jobs;

import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@code compile}: names or serialized objects.
 *
 * @param optimizer the optimizer
 * @param loss the loss
 * @param metrics the metrics
 * @param weightedMetrics the metrics that sample weights count in
 */
record CompileSection(Object optimizer, Object loss, List<?> metrics, List<?> weightedMetrics) {

  /**
   * Reads the section.
   *
   * @throws IllegalArgumentException if a field is unknown or missing
   */
  static CompileSection parse(Config config) {
    ConfigReader reader =
        Fields.read("compile", config, "optimizer", "loss", "metrics", "weighted_metrics");
    return new CompileSection(
        identifier(reader, "optimizer"),
        identifier(reader, "loss"),
        reader.optionalList("metrics"),
        reader.optionalList("weighted_metrics"));
  }

  private static Object identifier(ConfigReader reader, String field) {
    @Nullable Object value = reader.any(field);
    if (!(value instanceof String) && !(value instanceof Config)) {
      throw reader.invalid(field, "a name or a serialized object");
    }

    return value;
  }

  /** Returns the error where a model needs to be compiled and nothing says how. */
  static IllegalArgumentException missing() {
    return new IllegalArgumentException(
        "compile: the section is missing, and the model was not saved with what it holds");
  }

  /** Compiles a model; what it was compiled with before is replaced. */
  void applyTo(Model model) {
    model.compile(optimizer, loss, metrics, weightedMetrics);
  }
}
