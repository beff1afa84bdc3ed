package io.firesteel.models;

import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metric;
import io.firesteel.metrics.Metrics;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@code compile}. Identifiers are kept as they were given, for the config, and
 * metrics such as {@code "accuracy"} are resolved when the shapes are known.
 *
 * @param optimizer the optimizer
 * @param initialOptimizer its serialized form before the first step
 * @param loss the loss
 * @param lossIdentifier the loss as it was given
 * @param metrics the metrics as they were given
 * @param weightedMetrics the metrics that sample weights count in, as they were given
 * @param execution the arguments that say how Keras is to run the model, as they were read
 */
record Compiled(
    Optimizer optimizer,
    Config initialOptimizer,
    Loss loss,
    Object lossIdentifier,
    List<Object> metrics,
    List<Object> weightedMetrics,
    Config execution) {

  /** How Keras is to run a model; of no use here, and kept for it. */
  private static final Config EXECUTION =
      Config.builder()
          .put("run_eagerly", false)
          .put("steps_per_execution", 1)
          .put("jit_compile", "auto")
          .build();

  private static final List<String> ALL_EXECUTION =
      List.of("run_eagerly", "steps_per_execution", "jit_compile", "auto_scale_loss");

  static Compiled of(Object optimizer, Object loss, List<?> metrics, List<?> weightedMetrics) {
    Optimizer instance = Optimizers.get(optimizer);
    return new Compiled(
        instance,
        Optimizers.serialize(instance),
        Losses.get(loss),
        loss,
        List.copyOf(metrics),
        List.copyOf(weightedMetrics),
        EXECUTION);
  }

  /** Returns this with the optimizer's settings as they are before its first step. */
  Compiled beforeTraining() {
    return optimizer.iterations() > 0
        ? this
        : new Compiled(
            optimizer,
            Optimizers.serialize(optimizer),
            loss,
            lossIdentifier,
            metrics,
            weightedMetrics,
            execution);
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

  /** Returns the metrics, those that sample weights count in last. */
  List<Metric> resolve(int predictionWidth) {
    int labelWidth = loss.labelWidth(predictionWidth);
    List<Metric> resolved = new ArrayList<>();
    Set<String> names = new HashSet<>(Set.of("loss"));
    for (Object identifier : Stream.concat(metrics.stream(), weightedMetrics.stream()).toList()) {
      Metric metric = Metrics.resolve(identifier, predictionWidth, labelWidth);
      if (!names.add(metric.name())) {
        throw new IllegalArgumentException(
            "compile: the names of metrics must differ from one another and from 'loss'. Received"
                + " twice: "
                + metric.name());
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
            .put("loss", identifier(lossIdentifier))
            .put("loss_weights", null)
            .put("metrics", identifiers(metrics))
            .put("weighted_metrics", identifiers(weightedMetrics));
    execution.keys().forEach(key -> config.put(key, execution.get(key)));
    return config.build();
  }

  static Compiled fromConfig(Config config) {
    ConfigReader reader = config.reader("compile");
    if (reader.any("loss_weights") != null) {
      throw reader.invalid("loss_weights", "null");
    }

    Config.Builder execution = EXECUTION.toBuilder();
    for (String key : ALL_EXECUTION) {
      if (reader.seen(key)) {
        execution.put(key, config.get(key));
      }
    }

    Object optimizer = require(reader, "optimizer");
    Object loss = require(reader, "loss");
    List<?> metrics = reader.optionalList("metrics");
    List<?> weightedMetrics = reader.optionalList("weighted_metrics");
    reader.finish();
    return of(optimizer, loss, metrics, weightedMetrics).with(execution.build());
  }

  private Compiled with(Config readExecution) {
    return new Compiled(
        optimizer, initialOptimizer, loss, lossIdentifier, metrics, weightedMetrics, readExecution);
  }

  private static @Nullable List<Object> identifiers(List<Object> metrics) {
    return metrics.isEmpty() ? null : metrics.stream().map(Compiled::identifier).toList();
  }

  private static Object require(ConfigReader reader, String key) {
    @Nullable Object value = reader.any(key);
    if (value == null) {
      throw reader.invalid(key, "a name or a serialized object");
    }

    return value;
  }

  private static Object identifier(Object given) {
    if (given instanceof Loss loss) {
      return Losses.serialize(loss);
    }

    if (given instanceof Metric metric) {
      return Metrics.serialize(metric);
    }

    return given;
  }
}
