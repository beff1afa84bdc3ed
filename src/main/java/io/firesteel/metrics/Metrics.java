package io.firesteel.metrics;

import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The metrics by name, as {@code keras.metrics.get}, {@code serialize} and {@code deserialize}.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/__init__.py; {@link #resolve} and {@link #logNames} from
 * keras/src/trainers/compile_utils.py.
 */
public final class Metrics {

  private static final Set<String> ACCURACY = Set.of("accuracy", "acc");

  private static final ObjectRegistry<Metric> REGISTRY =
      ObjectRegistry.builder("metric", "keras.metrics", Metric.class)
          .add(
              MeanSquaredError.class,
              MeanSquaredError::fromConfig,
              "mean_squared_error",
              "mse",
              "MSE")
          .add(
              MeanAbsoluteError.class,
              MeanAbsoluteError::fromConfig,
              "mean_absolute_error",
              "mae",
              "MAE")
          .add(
              BinaryCrossentropy.class,
              BinaryCrossentropy::fromConfig,
              "binary_crossentropy",
              "bce",
              "BCE")
          .add(
              CategoricalCrossentropy.class,
              CategoricalCrossentropy::fromConfig,
              "categorical_crossentropy")
          .add(
              SparseCategoricalCrossentropy.class,
              SparseCategoricalCrossentropy::fromConfig,
              "sparse_categorical_crossentropy")
          .add(Accuracy.class, Accuracy::fromConfig, "accuracy")
          .add(BinaryAccuracy.class, BinaryAccuracy::fromConfig, "binary_accuracy")
          .add(CategoricalAccuracy.class, CategoricalAccuracy::fromConfig, "categorical_accuracy")
          .add(
              SparseCategoricalAccuracy.class,
              SparseCategoricalAccuracy::fromConfig,
              "sparse_categorical_accuracy")
          .add(
              TopKCategoricalAccuracy.class,
              TopKCategoricalAccuracy::fromConfig,
              "top_k_categorical_accuracy")
          .add(
              SparseTopKCategoricalAccuracy.class,
              SparseTopKCategoricalAccuracy::fromConfig,
              "sparse_top_k_categorical_accuracy")
          .add(
              RootMeanSquaredError.class,
              RootMeanSquaredError::fromConfig,
              "root_mean_squared_error")
          .add(
              MeanAbsolutePercentageError.class,
              MeanAbsolutePercentageError::fromConfig,
              "mean_absolute_percentage_error",
              "mape",
              "MAPE")
          .add(
              MeanSquaredLogarithmicError.class,
              MeanSquaredLogarithmicError::fromConfig,
              "mean_squared_logarithmic_error",
              "msle",
              "MSLE")
          .add(CosineSimilarity.class, CosineSimilarity::fromConfig, "cosine_similarity")
          .add(LogCoshError.class, LogCoshError::fromConfig, "log_cosh_error")
          .add(R2Score.class, R2Score::fromConfig, "r2_score")
          .add(AUC.class, AUC::fromConfig, "auc")
          .add(FalseNegatives.class, FalseNegatives::fromConfig, "false_negatives")
          .add(FalsePositives.class, FalsePositives::fromConfig, "false_positives")
          .add(TrueNegatives.class, TrueNegatives::fromConfig, "true_negatives")
          .add(TruePositives.class, TruePositives::fromConfig, "true_positives")
          .add(Precision.class, Precision::fromConfig, "precision")
          .add(Recall.class, Recall::fromConfig, "recall")
          .add(PrecisionAtRecall.class, PrecisionAtRecall::fromConfig, "precision_at_recall")
          .add(RecallAtPrecision.class, RecallAtPrecision::fromConfig, "recall_at_precision")
          .add(
              SensitivityAtSpecificity.class,
              SensitivityAtSpecificity::fromConfig,
              "sensitivity_at_specificity")
          .add(
              SpecificityAtSensitivity.class,
              SpecificityAtSensitivity::fromConfig,
              "specificity_at_sensitivity")
          .add(Hinge.class, Hinge::fromConfig, "hinge")
          .add(SquaredHinge.class, SquaredHinge::fromConfig, "squared_hinge")
          .add(CategoricalHinge.class, CategoricalHinge::fromConfig, "categorical_hinge")
          .add(KLDivergence.class, KLDivergence::fromConfig, "kl_divergence")
          .add(Poisson.class, Poisson::fromConfig, "poisson")
          .add(F1Score.class, F1Score::fromConfig, "f1_score")
          .add(FBetaScore.class, FBetaScore::fromConfig, "f_beta_score")
          .build();

  private Metrics() {}

  /**
   * Returns the metric that an identifier names: a metric, a name, or a serialized metric.
   *
   * @throws IllegalArgumentException if it names none
   */
  public static Metric get(@Nullable Object identifier) {
    return identifier instanceof Config config ? deserialize(config) : REGISTRY.get(identifier);
  }

  /**
   * Returns the metric that an identifier names where the shapes are known, as Keras's {@code
   * compile} has it: {@code accuracy} and {@code acc} stand for the binary, the sparse categorical
   * or the categorical accuracy, and a metric that is named by a string is logged under that
   * string. All else is passed to {@link #get}.
   *
   * @param labelWidth the width of a label, 1 for a class index
   * @throws IllegalArgumentException if it names no metric, or one that the widths do not fit
   */
  public static Metric resolve(@Nullable Object identifier, int predictionWidth, int labelWidth) {
    Metric metric = resolveName(identifier, predictionWidth, labelWidth);
    String wrong = metric.checkWidths(labelWidth, predictionWidth);
    if (wrong != null) {
      throw new IllegalArgumentException("The metric " + wrong);
    }

    return metric;
  }

  private static Metric resolveName(
      @Nullable Object identifier, int predictionWidth, int labelWidth) {
    if (!(identifier instanceof String name) || name.stripLeading().startsWith("{")) {
      return get(identifier);
    }

    Metric metric =
        ACCURACY.contains(name.toLowerCase(Locale.ROOT))
            ? accuracy(predictionWidth, labelWidth)
            : get(name);
    Config serialized = serialize(metric);
    return deserialize(serialized.with("config", metric.getConfig().with("name", name)));
  }

  private static Metric accuracy(int predictionWidth, int labelWidth) {
    if (predictionWidth == 1) {
      return BinaryAccuracy.builder().build();
    }

    return labelWidth == 1
        ? SparseCategoricalAccuracy.builder().build()
        : CategoricalAccuracy.builder().build();
  }

  /**
   * Returns the names under which metrics are logged: their own, and {@code name_1}, {@code name_2}
   * and so on where it was taken.
   */
  public static List<String> logNames(List<Metric> metrics) {
    Map<String, Integer> seen = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (Metric metric : metrics) {
      int before = seen.merge(metric.name(), 1, Integer::sum) - 1;
      names.add(before == 0 ? metric.name() : metric.name() + "_" + before);
    }

    return names;
  }

  /** Returns Keras's serialized form of a metric. */
  public static Config serialize(Metric metric) {
    return REGISTRY.serialize(metric);
  }

  /**
   * Rebuilds a metric from Keras's serialized form, be it of an object or of a metric function.
   *
   * @throws IllegalArgumentException if the class is unknown or its config is refused
   */
  public static Metric deserialize(Config serialized) {
    boolean function = "function".equals(serialized.get("class_name"));
    return function && serialized.get("config") instanceof String name
        ? REGISTRY.get(name)
        : REGISTRY.deserialize(serialized);
  }

  /** Makes a custom metric known under {@code packageName>SimpleName}. */
  public static <S extends Metric> void register(
      String packageName, Class<S> type, ConfigFactory<S> factory) {
    REGISTRY.register(packageName, type, factory);
  }

  /** Returns the class names of the built-in metrics. */
  public static List<String> classNames() {
    return REGISTRY.classNames();
  }

  /** Returns every name that {@link #get} accepts, sorted. */
  public static List<String> names() {
    return REGISTRY.names();
  }
}
