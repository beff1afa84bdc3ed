package io.firesteel.metrics;

import io.firesteel.metrics.AreaUnderCurve.Curve;
import io.firesteel.metrics.AreaUnderCurve.Summation;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatMath;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The area under the ROC curve, or under that of precision and recall, approximated through {@code
 * num_thresholds} points.
 *
 * <p>Predictions are probabilities, or logits with {@code from_logits}; a label counts as positive
 * unless it is 0. All predictions of a sample count, or with {@code multi_label} each has an area
 * of its own, and these are averaged, by {@code label_weights} if they are given.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py.
 */
public final class AUC extends Metric {

  private static final long THRESHOLDS = 200;
  private static final String WEIGHTS = "label_weights";

  private final List<Double> givenThresholds;
  private final int numThresholds;
  private final Curve curve;
  private final Summation summationMethod;
  private final boolean multiLabel;
  private final @Nullable Long numLabels;
  private final List<Double> labelWeights;
  private final boolean fromLogits;
  private final ThresholdSums sums;
  private final int areas;

  AUC(ConfigReader arguments) {
    this(arguments, 0);
  }

  private AUC(ConfigReader arguments, int width) {
    super("auc", arguments);
    long count =
        Argument.integer(
            "AUC", "num_thresholds", 2, 1 << 20, arguments.integer("num_thresholds", THRESHOLDS));
    this.givenThresholds = thresholds(arguments);
    this.curve = Curve.of(arguments.string("curve", "ROC"));
    this.summationMethod = Summation.of(arguments.string("summation_method", "interpolation"));
    this.multiLabel = arguments.bool("multi_label", false);
    this.numLabels = arguments.nullableInteger("num_labels", null);
    if (numLabels != null && !multiLabel) {
      throw arguments.invalid("num_labels", "null unless multi_label is true");
    }

    this.labelWeights = labelWeights(arguments);
    this.fromLogits = arguments.bool("from_logits", false);
    this.areas = multiLabel ? width : 1;
    double[] even = ThresholdSums.spaced((int) count);
    double[] inner =
        givenThresholds.isEmpty()
            ? Arrays.copyOfRange(even, 1, even.length - 1)
            : givenThresholds.stream().mapToDouble(Double::doubleValue).toArray();
    this.numThresholds = inner.length + 2;
    this.sums = ThresholdSums.padded(inner);
  }

  private static List<Double> thresholds(ConfigReader arguments) {
    if (arguments.any("thresholds") == null) {
      return List.of();
    }

    List<Double> values = arguments.numbers("thresholds");
    boolean ok = !values.isEmpty() && values.stream().allMatch(t -> t >= 0.0 && t <= 1.0);
    Argument.require("AUC", "thresholds", values, ok, "numbers in [0, 1]");
    return values.stream().sorted().toList();
  }

  /* Keras writes these weights as a tensor. */
  private static List<Double> labelWeights(ConfigReader arguments) {
    if (arguments.any(WEIGHTS) == null) {
      return List.of();
    }

    boolean tensor = arguments.any(WEIGHTS) instanceof Config;
    if (tensor && !"__tensor__".equals(arguments.config(WEIGHTS).get("class_name"))) {
      throw arguments.invalid(WEIGHTS, "a list of numbers");
    }

    List<Double> weights =
        tensor
            ? arguments
                .config(WEIGHTS)
                .reader(WEIGHTS)
                .config("config")
                .reader(WEIGHTS)
                .numbers("value")
            : arguments.numbers(WEIGHTS);
    boolean ok =
        weights.stream().allMatch(w -> w >= 0.0 && !Double.isInfinite(w))
            && weights.stream().anyMatch(w -> w > 0.0);
    Argument.require("AUC", WEIGHTS, weights, ok, "numbers >= 0, not all 0");
    return List.copyOf(weights);
  }

  /** Returns a builder with Keras's defaults: the ROC curve through 200 points. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Metric forWidth(int width) {
    return new AUC(getConfig().reader("AUC"), width);
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public @Nullable String checkWidths(int labelWidth, int width) {
    if (numLabels != null && numLabels != width) {
      return "%s is for %d labels a sample. Received: %d predictions a sample"
          .formatted(name(), numLabels, width);
    }

    if (!labelWeights.isEmpty() && labelWeights.size() != width) {
      return "%s has %d label_weights, which must be one a prediction. Received: %d predictions a sample"
          .formatted(name(), labelWeights.size(), width);
    }

    return super.checkWidths(labelWidth, width);
  }

  @Override
  public int stateSize() {
    return known(areas) * sums.size();
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
    boolean weighted = !multiLabel && !labelWeights.isEmpty();
    for (int i = 0; i < samples * width; i++) {
      int label = i % width;
      float prediction = fromLogits ? FloatMath.sigmoid(predictions[i]) : predictions[i];
      double weight = weights == null ? 1.0 : weights[i / width];
      double ofLabel = weighted ? labelWeights.get(label) : 1.0;
      int start = offset + (multiLabel ? label * sums.size() : 0);
      sums.add(labels[i], prediction, weight * ofLabel, state, start);
    }
  }

  @Override
  public double result(double[] state, int offset) {
    double sum = 0.0;
    double weights = 0.0;
    for (int area = 0; area < known(areas); area++) {
      Confusion confusion = sums.confusion(state, offset + area * sums.size());
      double weight = multiLabel && !labelWeights.isEmpty() ? labelWeights.get(area) : 1.0;
      sum += weight * AreaUnderCurve.of(confusion, curve, summationMethod);
      weights += weight;
    }

    return ratio(sum, weights);
  }

  @Override
  public Config getConfig() {
    Config config =
        super.getConfig().toBuilder()
            .put("num_thresholds", numThresholds)
            .put("curve", curve.name())
            .put("summation_method", summationMethod.id())
            .put("multi_label", multiLabel)
            .put("num_labels", numLabels)
            .put("label_weights", labelWeights.isEmpty() ? null : tensor(labelWeights))
            .put("from_logits", fromLogits)
            .build();
    return givenThresholds.isEmpty() ? config : config.with("thresholds", givenThresholds);
  }

  private static Config tensor(List<Double> values) {
    return Config.builder()
        .put("class_name", "__tensor__")
        .put("config", Config.builder().put("value", values).put("dtype", "float32").build())
        .build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<AUC, Builder> {
    private Builder() {
      super("AUC", AUC::new);
    }

    /** Sets the number of points of the curve, from 2 to 2^20; default 200. */
    public Builder numThresholds(long count) {
      return set("num_thresholds", count);
    }

    /** Sets the thresholds between 0 and 1, which are added, instead of their number. */
    public Builder thresholds(List<Double> values) {
      return set("thresholds", values);
    }

    /** Sets the curve: {@code ROC}, the default, {@code PR} or {@code PRGAIN}. */
    public Builder curve(String name) {
      return set("curve", name);
    }

    /**
     * Sets the height between two points: {@code interpolation}, the default, {@code minoring} or
     * {@code majoring}.
     */
    public Builder summationMethod(String name) {
      return set("summation_method", name);
    }

    /** Averages the areas of the predictions of a sample, instead of the area of them all. */
    public Builder multiLabel() {
      return set("multi_label", true);
    }

    /** Sets the weights of the predictions of a sample, at least 0 and not all 0. */
    public Builder labelWeights(List<Double> values) {
      return set(WEIGHTS, values);
    }

    /** Takes predictions as logits; without this they are probabilities. */
    public Builder fromLogits() {
      return set("from_logits", true);
    }
  }
}
