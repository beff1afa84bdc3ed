package io.firesteel.checkpoint;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the config of a file of tf.keras 2.13 to 2.15 into what Keras 3 writes for the same model.
 *
 * <p>Source: tf.keras 2.13 and 2.15, keras/src/engine/input_layer.py, base_layer.py,
 * keras/src/optimizers/optimizer.py and keras/src/losses.py.
 */
final class TfKerasConfig {

  /** Arguments of optimizers that Keras 3 no longer has; they change no number. */
  private static final Set<String> GONE = Set.of("jit_compile", "is_legacy_optimizer");

  private static final Set<String> ONE_AXIS = Set.of("BatchNormalization", "LayerNormalization");

  private TfKerasConfig() {}

  /** Returns the model's config in today's form. */
  static Config modern(Config model) {
    Config result = model;
    if (model.get("config") instanceof Config config
        && config.get("layers") instanceof List<?> layers) {
      List<@Nullable Object> modern = new ArrayList<>();
      layers.forEach(layer -> modern.add(layer instanceof Config one ? layer(one) : layer));
      result = result.with("config", config.with("layers", modern));
    }

    return result.get("compile_config") instanceof Config compile
        ? result.with("compile_config", compile(compile))
        : result;
  }

  private static Config layer(Config layer) {
    if (!(layer.get("config") instanceof Config config)) {
      return layer;
    }

    if ("InputLayer".equals(layer.get("class_name"))) {
      return layer.with("config", input(config));
    }

    Config own = config.without("batch_input_shape");
    if (ONE_AXIS.contains(layer.get("class_name"))
        && own.get("axis") instanceof List<?> axes
        && axes.size() == 1) {
      own = own.with("axis", axes.get(0));
    }

    return layer.with("config", own);
  }

  private static Config input(Config config) {
    Config own = renamed(config, "batch_input_shape", "batch_shape");
    return Boolean.TRUE.equals(own.get("ragged")) ? own : own.without("ragged");
  }

  private static Config compile(Config compile) {
    Config result = compile;
    if (compile.get("optimizer") instanceof Config optimizer
        && optimizer.get("config") instanceof Config config) {
      for (String key : GONE) {
        config = config.without(key);
      }

      result = result.with("optimizer", optimizer.with("config", config));
    }

    for (String key : List.of("loss", "metrics", "weighted_metrics")) {
      result = result.with(key, lossOrMetric(result.get(key)));
    }

    for (String key : List.of("run_eagerly", "steps_per_execution", "jit_compile")) {
      result = result.get(key) == null ? result.without(key) : result;
    }

    return result;
  }

  /** Losses say "auto" for what Keras 3 calls by its name, and repeat their function. */
  private static @Nullable Object lossOrMetric(@Nullable Object given) {
    if (given instanceof List<?> all) {
      List<@Nullable Object> modern = new ArrayList<>();
      all.forEach(one -> modern.add(lossOrMetric(one)));
      return modern;
    }

    if (!(given instanceof Config object) || !(object.get("config") instanceof Config config)) {
      return given;
    }

    Config own = config.without("fn");
    return object.with(
        "config",
        "auto".equals(own.get("reduction")) ? own.with("reduction", "sum_over_batch_size") : own);
  }

  private static Config renamed(Config config, String from, String to) {
    return config.has(from) ? config.with(to, config.get(from)).without(from) : config;
  }
}
