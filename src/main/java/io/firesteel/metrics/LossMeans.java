package io.firesteel.metrics;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/**
 * The metrics that Keras makes of its losses, see {@link MeanMetricWrapper}.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/regression_metrics.py, probabilistic_metrics.py and
 * hinge_metrics.py.
 */
final class LossMeans {

  /**
   * What a metric is.
   *
   * @param loss the name of the loss
   * @param read the arguments that it shares with the loss
   * @param kept those of them that stand in the config
   * @param result makes the metric of the mean
   * @param otherNames the names besides that of the class
   */
  record Form(
      String className,
      String name,
      String loss,
      List<String> read,
      List<String> kept,
      DoubleUnaryOperator result,
      boolean higherIsBetter,
      List<String> otherNames) {

    private Form(String className, String name, String loss, String... otherNames) {
      this(className, name, loss, List.of(), List.of(), x -> x, false, List.of(otherNames));
    }

    private Form with(String... arguments) {
      List<String> keys = List.of(arguments);
      return new Form(className, name, loss, keys, keys, result, higherIsBetter, otherNames);
    }

    Config lossArguments(ConfigReader arguments) {
      Config.Builder builder = Config.builder();
      for (String key : read) {
        if (arguments.seen(key)) {
          builder.put(key, arguments.any(key));
        }
      }

      return builder.build();
    }

    Config written(Loss of) {
      Config config = of.getConfig();
      Config.Builder builder = Config.builder();
      for (String key : kept) {
        builder.put(key, config.has(key) ? config.get(key) : -1);
      }

      return builder.build();
    }
  }

  /** Any loss, given by the user. */
  static final Form OWN = new Form("MeanMetricWrapper", "mean_metric_wrapper", "");

  static final List<Form> FORMS =
      List.of(
          new Form("MeanSquaredError", "mean_squared_error", "mse", "mse", "MSE"),
          new Form("MeanAbsoluteError", "mean_absolute_error", "mae", "mae", "MAE"),
          new Form(
              "MeanAbsolutePercentageError",
              "mean_absolute_percentage_error",
              "mape",
              "mape",
              "MAPE"),
          new Form(
              "MeanSquaredLogarithmicError",
              "mean_squared_logarithmic_error",
              "msle",
              "msle",
              "MSLE"),
          // The root of the mean squared error
          new Form(
              "RootMeanSquaredError",
              "root_mean_squared_error",
              "mse",
              List.of(),
              List.of(),
              Math::sqrt,
              false,
              List.of()),
          // 1 where labels and predictions point the same way: the negative of the loss
          new Form(
              "CosineSimilarity",
              "cosine_similarity",
              "cosine_similarity",
              List.of("axis"),
              List.of(),
              x -> 0.0 - x,
              true,
              List.of()),
          new Form("LogCoshError", "logcosh", "log_cosh"),
          new Form("BinaryCrossentropy", "binary_crossentropy", "BinaryCrossentropy", "bce", "BCE")
              .with("from_logits", "label_smoothing"),
          new Form("CategoricalCrossentropy", "categorical_crossentropy", "CategoricalCrossentropy")
              .with("from_logits", "label_smoothing", "axis"),
          new Form(
                  "SparseCategoricalCrossentropy",
                  "sparse_categorical_crossentropy",
                  "SparseCategoricalCrossentropy")
              .with("from_logits", "ignore_class", "axis"),
          new Form("KLDivergence", "kl_divergence", "kld"),
          new Form("Poisson", "poisson", "poisson"),
          new Form("Hinge", "hinge", "hinge"),
          new Form("SquaredHinge", "squared_hinge", "squared_hinge"),
          new Form("CategoricalHinge", "categorical_hinge", "categorical_hinge"));

  private static final Set<String> OF_METRIC = Set.of("name", "dtype", "fn");

  private LossMeans() {}

  /** Returns a loss as Keras writes a function and its arguments. */
  static Config function(Loss loss) {
    Config config = loss.getConfig().without("name").without("reduction");
    Object function =
        Losses.classNames().contains(loss.className())
            ? Config.builder()
                .put("module", "builtins")
                .put("class_name", "function")
                .put("config", KerasNames.snakeCase(loss.className()))
                .put("registered_name", "function")
                .build()
            : Losses.serialize(loss);
    return Config.builder().put("fn", function).build().toBuilder().putAll(config).build();
  }

  /** Reads what {@link #function} writes. */
  static Loss lossOf(ConfigReader arguments) {
    Loss plain = Losses.deserialize(arguments.config("fn"));
    Config config = plain.getConfig();
    for (String key : arguments.keys()) {
      if (!OF_METRIC.contains(key)) {
        config = config.with(key, arguments.any(key));
      }
    }

    return Losses.deserialize(Losses.serialize(plain).with("config", config));
  }
}
