package io.firesteel.metrics;

import io.firesteel.internal.saving.KerasNames;
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
  private static final Set<String> REDUCTIONS = Set.of("mean", "sum");

  private static final ObjectRegistry<Metric> REGISTRY = registry();

  private Metrics() {}

  /**
   * Returns the metric that an identifier names: a metric, a name, or a serialized metric.
   *
   * @throws IllegalArgumentException if it names none
   */
  public static Metric get(@Nullable Object identifier) {
    if (identifier instanceof Config config) {
      return deserialize(config);
    }

    if (identifier instanceof Map<?, ?> map) {
      return deserialize(Config.of(map));
    }

    refuseReductions(identifier);
    return REGISTRY.get(identifier);
  }

  /**
   * Returns the metric of a name with arguments, e.g. {@code get("PrecisionAtRecall",
   * Map.of("recall", 0.8))}.
   *
   * @param name as {@link #get(Object)} has it
   * @param arguments the values by Keras's names; those that are not there have Keras's defaults
   * @throws IllegalArgumentException if the name is unknown or an argument is refused
   */
  public static Metric get(String name, Map<String, ?> arguments) {
    return deserialize(
        Config.builder().put("class_name", name).put("config", Config.of(arguments)).build());
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
      return get("binary_accuracy");
    }

    return get(labelWidth == 1 ? "sparse_categorical_accuracy" : "categorical_accuracy");
  }

  /**
   * Returns the names under which metrics are logged: their own, and {@code name_1}, {@code name_2}
   * and so on where it was taken; {@code weighted_name} for one that sample weights count in.
   *
   * @param firstWeighted the place of the first metric that sample weights count in
   */
  public static List<String> logNames(List<Metric> metrics, int firstWeighted) {
    Map<String, Integer> seen = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < metrics.size(); i++) {
      String name = metrics.get(i).name();
      if (i >= firstWeighted && seen.containsKey(name)) {
        name = "weighted_" + name;
      }

      int before = seen.merge(name, 1, Integer::sum) - 1;
      names.add(before == 0 ? name : name + "_" + before);
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
    refuseReductions(serialized.get("class_name"));
    boolean function = "function".equals(serialized.get("class_name"));
    return function && serialized.get("config") instanceof String name
        ? REGISTRY.get(name)
        : REGISTRY.deserialize(serialized);
  }

  private static void refuseReductions(@Nullable Object name) {
    if (name instanceof String text && REDUCTIONS.contains(text.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "The metric '%s' reduces values, not labels and predictions, so it is none for compile. Allowed: MeanMetricWrapper, the mean of a loss; or a metric of your own"
              .formatted(text));
    }
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

  private static ObjectRegistry<Metric> registry() {
    ObjectRegistry.Builder<Metric> builder =
        ObjectRegistry.builder("metric", "keras.metrics", Metric.class);
    LossMeans.FORMS.forEach(
        form -> {
          List<String> names = new ArrayList<>(form.otherNames());
          names.add(KerasNames.snakeCase(form.className()));
          builder.addRead(
              form.className(),
              MeanMetricWrapper.class,
              arguments -> new MeanMetricWrapper(form, arguments),
              names.toArray(String[]::new));
        });
    PlainAccuracy.FORMS.forEach(
        form ->
            builder.addRead(
                form.className(),
                PlainAccuracy.class,
                arguments -> new PlainAccuracy(form, arguments),
                form.name()));
    ConfusionCount.FORMS.forEach(
        form ->
            builder.addRead(
                form.className(),
                ConfusionCount.class,
                arguments -> new ConfusionCount(form, arguments),
                form.name()));
    BestAtMetric.FORMS.forEach(
        form ->
            builder.addRead(
                form.className(),
                BestAtMetric.class,
                arguments -> new BestAtMetric(form, arguments),
                form.name()));
    IoU.FORMS.forEach(
        form ->
            builder.addRead(
                form.className(),
                IoU.class,
                arguments -> new IoU(form, arguments),
                KerasNames.snakeCase(form.className())));
    return builder
        .addRead(
            "PearsonCorrelation", Correlation.class, Correlation::pearson, "pearson_correlation")
        .addRead(
            "ConcordanceCorrelation",
            Correlation.class,
            Correlation::concordance,
            "concordance_correlation")
        .addRead(BinaryAccuracy.class, BinaryAccuracy::new, "binary_accuracy")
        .addRead(
            TopKCategoricalAccuracy.class,
            TopKCategoricalAccuracy::new,
            "top_k_categorical_accuracy")
        .addRead(
            SparseTopKCategoricalAccuracy.class,
            SparseTopKCategoricalAccuracy::new,
            "sparse_top_k_categorical_accuracy")
        .addRead(R2Score.class, R2Score::new, "r2_score")
        .addRead(AUC.class, AUC::new, "auc")
        .addRead(Precision.class, Precision::new, "precision")
        .addRead(Recall.class, Recall::new, "recall")
        .addRead("F1Score", FBetaScore.class, FBetaScore::f1, "f1_score")
        .addRead(FBetaScore.class, FBetaScore::new, "f_beta_score")
        .addRead(
            "MeanMetricWrapper",
            MeanMetricWrapper.class,
            MeanMetricWrapper::read,
            "mean_metric_wrapper")
        .build();
  }
}
