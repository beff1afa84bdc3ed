package io.firesteel.models;

import io.firesteel.internal.network.Objective;
import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metric;
import io.firesteel.metrics.Metrics;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What {@code compile} was given. Identifiers are kept as they were, for the config, and losses and
 * metrics such as {@code "accuracy"} are resolved when the outputs are known.
 *
 * @param options the arguments
 * @param optimizer the optimizer
 * @param initialOptimizer its serialized form before the first step
 * @param execution the arguments that say how Keras is to run the model, as they were read
 */
record Compiled(
    CompileOptions options, Optimizer optimizer, Config initialOptimizer, Config execution) {

  /** How Keras is to run a model; of no use here, and kept for it. */
  private static final Config EXECUTION =
      Config.builder()
          .put("run_eagerly", false)
          .put("steps_per_execution", 1)
          .put("jit_compile", "auto")
          .build();

  private static final List<String> ALL_EXECUTION =
      List.of("run_eagerly", "steps_per_execution", "jit_compile", "auto_scale_loss");

  /**
   * Returns what is compiled.
   *
   * @throws IllegalArgumentException if the optimizer, or a loss for all outputs, is unknown
   */
  static Compiled of(CompileOptions options) {
    Optimizer instance = Optimizers.get(options.optimizer());
    if (!isStructure(options.loss())) {
      Losses.get(options.loss());
    }

    return new Compiled(options, instance, Optimizers.serialize(instance), EXECUTION);
  }

  /** Returns this with the optimizer's settings as they are before its first step. */
  Compiled beforeTraining() {
    return optimizer.iterations() > 0
        ? this
        : new Compiled(options, optimizer, Optimizers.serialize(optimizer), execution);
  }

  /**
   * Returns what a run promises about the optimizer: its settings as they are now, also those made
   * by methods, but with the learning rates that training began with.
   */
  Config optimizerContract() {
    return withInitialRates(Optimizers.serialize(optimizer), initialOptimizer);
  }

  private static Config withInitialRates(Config now, Config initial) {
    Config.Builder merged = now.toBuilder();
    for (String key : now.keys()) {
      Object before = initial.get(key);
      if (now.get(key) instanceof Config inner && before instanceof Config initialInner) {
        merged.put(key, withInitialRates(inner, initialInner));
      } else if (key.equals("learning_rate") && before instanceof Number) {
        merged.put(key, before);
      }
    }

    return merged.build();
  }

  private static boolean isStructure(Object given) {
    return given instanceof List<?>
        || (given instanceof Map<?, ?> map && !map.containsKey("class_name"))
        || (given instanceof Config config && !config.has("class_name"));
  }

  /**
   * Returns what is measured of each output.
   *
   * @param names the outputs' names
   * @param shapes the shapes of a row of each
   * @throws IllegalArgumentException if an argument does not fit them
   */
  List<Objective> objectives(List<String> names, List<Shape> shapes) {
    List<@Nullable Object> losses = PerOutput.single("loss", options.loss(), names);
    List<@Nullable Object> weights = PerOutput.single("loss_weights", options.lossWeights(), names);
    List<List<Object>> metrics = PerOutput.lists("metrics", options.metrics(), names);
    List<List<Object>> weighted =
        PerOutput.lists("weighted_metrics", options.weightedMetrics(), names);
    if (losses.stream().allMatch(Objects::isNull)) {
      throw new IllegalArgumentException("compile: 'loss' must be given for an output");
    }

    List<Objective> objectives = new ArrayList<>();
    for (int k = 0; k < names.size(); k++) {
      Object loss = alone(losses.get(k));
      if (loss == null && !(metrics.get(k).isEmpty() && weighted.get(k).isEmpty())) {
        throw new IllegalArgumentException(
            "compile: 'metrics' of the output '%s' need a loss of it".formatted(names.get(k)));
      }

      Loss resolved = loss == null ? null : Losses.get(loss);
      objectives.add(
          new Objective(
              resolved,
              weight(weights.get(k)),
              resolve(metrics.get(k), resolved, shapes.get(k)),
              resolve(weighted.get(k), resolved, shapes.get(k))));
    }

    return objectives;
  }

  /** Returns what stands in a list of one, as Keras takes the loss of an output. */
  private static @Nullable Object alone(@Nullable Object given) {
    return given instanceof List<?> list && list.size() == 1 ? list.get(0) : given;
  }

  private static double weight(@Nullable Object given) {
    double weight = given instanceof Number number ? number.doubleValue() : 1.0;
    if ((given != null && !(given instanceof Number)) || !Double.isFinite(weight)) {
      throw new IllegalArgumentException(
          "compile: 'loss_weights' must be finite numbers. Received: " + given);
    }

    return weight;
  }

  private static List<Metric> resolve(List<Object> given, @Nullable Loss loss, Shape output) {
    List<Metric> resolved = new ArrayList<>();
    int width = output.rank() == 0 ? 1 : output.dim(-1);
    for (Object identifier : given) {
      Metric metric =
          Metrics.resolve(identifier, width, Objects.requireNonNull(loss).labelWidth(width));
      if (metric.name().equals("loss")) {
        throw new IllegalArgumentException(
            "compile: a metric can't be named 'loss', which is that of the loss itself");
      }

      resolved.add(metric);
    }

    return resolved;
  }

  /** Returns Keras's {@code compile_config}, with the optimizer as it is now. */
  Config toConfig() {
    Config.Builder config =
        Config.builder()
            .put("optimizer", Optimizers.serialize(optimizer))
            .put("loss", serialized(options.loss(), Compiled::wholeLoss))
            .put("loss_weights", serialized(options.lossWeights(), given -> given))
            .put("metrics", nullIfEmpty(options.metrics()))
            .put("weighted_metrics", nullIfEmpty(options.weightedMetrics()));
    execution.keys().forEach(key -> config.put(key, execution.get(key)));
    return config.build();
  }

  static Compiled fromConfig(Config config) {
    ConfigReader reader = config.reader("compile");
    Config.Builder execution = EXECUTION.toBuilder();
    for (String key : ALL_EXECUTION) {
      if (reader.seen(key)) {
        execution.put(key, config.get(key));
      }
    }

    CompileOptions options =
        new CompileOptions(
            require(reader, "optimizer"),
            require(reader, "loss"),
            reader.any("loss_weights"),
            orEmpty(reader.any("metrics")),
            orEmpty(reader.any("weighted_metrics")));
    reader.finish();
    Compiled read = of(options);
    return new Compiled(options, read.optimizer(), read.initialOptimizer(), execution.build());
  }

  private static Object orEmpty(@Nullable Object given) {
    return given == null ? List.of() : given;
  }

  private static Object require(ConfigReader reader, String key) {
    @Nullable Object value = reader.any(key);
    if (value == null) {
      throw reader.invalid(key, "a name or a serialized object");
    }

    return value;
  }

  private static Config wholeLoss(Config given) {
    return Losses.serialize(Losses.get(given));
  }

  private static Config wholeMetric(Config given) {
    return Metrics.serialize(Metrics.get(given));
  }

  private static @Nullable Object nullIfEmpty(Object metrics) {
    return metrics instanceof List<?> list && list.isEmpty()
        ? null
        : serialized(metrics, Compiled::wholeMetric);
  }

  /**
   * Returns an argument as Keras saves it.
   *
   * @param whole makes Keras's form of the short one that users write, a class and its arguments
   */
  private static @Nullable Object serialized(@Nullable Object given, UnaryOperator<Config> whole) {
    if (given instanceof Loss loss) {
      return Losses.serialize(loss);
    }

    if (given instanceof Metric metric) {
      return Metrics.serialize(metric);
    }

    if (given instanceof Config config && config.has("class_name")) {
      return config.has("module") ? config : whole.apply(config);
    }

    if (given instanceof Config config) {
      Config.Builder entries = Config.builder();
      config.keys().forEach(key -> entries.put(key, serialized(config.get(key), whole)));
      return entries.build();
    }

    if (given instanceof List<?> list) {
      List<@Nullable Object> items = new ArrayList<>();
      list.forEach(item -> items.add(serialized(item, whole)));
      return items;
    }

    if (given instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> entries = new LinkedHashMap<>();
      map.forEach((key, value) -> entries.put(String.valueOf(key), value));
      return serialized(Config.of(entries), whole);
    }

    return given;
  }
}
