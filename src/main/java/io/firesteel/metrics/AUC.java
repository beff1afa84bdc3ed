package io.firesteel.metrics;

import io.firesteel.metrics.AreaUnderCurve.Curve;
import io.firesteel.metrics.AreaUnderCurve.Summation;
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

  private AUC(Builder builder) {
    super(builder);
    this.givenThresholds = builder.thresholds;
    this.curve = builder.curve;
    this.summationMethod = builder.summationMethod;
    this.multiLabel = builder.multiLabel;
    this.numLabels = builder.numLabels;
    this.labelWeights = builder.labelWeights;
    this.fromLogits = builder.fromLogits;
    this.areas = multiLabel ? builder.width : 1;
    double[] even = ThresholdSums.spaced((int) builder.numThresholds);
    double[] inner =
        givenThresholds.isEmpty()
            ? Arrays.copyOfRange(even, 1, even.length - 1)
            : givenThresholds.stream().mapToDouble(Double::doubleValue).toArray();
    this.numThresholds = inner.length + 2;
    this.sums = ThresholdSums.padded(inner);
  }

  /** Returns a builder with Keras's defaults: the ROC curve through 200 points. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static AUC fromConfig(Config config) {
    ConfigReader reader = config.reader("AUC");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  public Metric forWidth(int width) {
    Builder builder = builder().read(getConfig().reader("AUC"));
    builder.width = width;
    return builder.build();
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
    return Width.known(name(), areas) * sums.size();
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
    for (int area = 0; area < Width.known(name(), areas); area++) {
      Confusion confusion = sums.confusion(state, offset + area * sums.size());
      double weight = multiLabel && !labelWeights.isEmpty() ? labelWeights.get(area) : 1.0;
      sum += weight * AreaUnderCurve.of(confusion, curve, summationMethod);
      weights += weight;
    }

    return Ratio.of(sum, weights);
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
            .put(
                "label_weights",
                labelWeights.isEmpty() ? null : LabelWeights.toConfig(labelWeights))
            .put("from_logits", fromLogits)
            .build();
    return givenThresholds.isEmpty() ? config : config.with("thresholds", givenThresholds);
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private static final long THRESHOLDS = 200;

    private long numThresholds = THRESHOLDS;
    private List<Double> thresholds = List.of();
    private Curve curve = Curve.ROC;
    private Summation summationMethod = Summation.INTERPOLATION;
    private boolean multiLabel;
    private @Nullable Long numLabels;
    private List<Double> labelWeights = List.of();
    private boolean fromLogits;
    private int width;

    private Builder() {
      super("auc");
    }

    /**
     * Sets the number of points of the curve; default 200.
     *
     * @throws IllegalArgumentException if it is not from 2 to 2^20
     */
    public Builder numThresholds(long count) {
      if (count < 2 || count > 1 << 20) {
        throw new IllegalArgumentException(
            "AUC: 'num_thresholds' must be from 2 to 1048576. Received: " + count);
      }

      this.numThresholds = count;
      return this;
    }

    /**
     * Sets the thresholds between 0 and 1, which are added, instead of their number.
     *
     * @throws IllegalArgumentException if there are none, or one is not in [0, 1]
     */
    public Builder thresholds(List<Double> values) {
      if (values.isEmpty() || values.stream().anyMatch(t -> !(t >= 0.0 && t <= 1.0))) {
        throw new IllegalArgumentException(
            "AUC: 'thresholds' must be numbers in [0, 1]. Received: " + values);
      }

      this.thresholds = values.stream().sorted().toList();
      return this;
    }

    /**
     * Sets the curve: {@code ROC}, {@code PR} or {@code PRGAIN}.
     *
     * @throws IllegalArgumentException if it is another one
     */
    public Builder curve(String name) {
      this.curve =
          Arrays.stream(Curve.values())
              .filter(known -> known.name().equalsIgnoreCase(name))
              .findAny()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "AUC: 'curve' must be ROC, PR or PRGAIN. Received: " + name));
      return this;
    }

    /**
     * Sets the height between two points: {@code interpolation}, {@code minoring} or {@code
     * majoring}.
     *
     * @throws IllegalArgumentException if it is another one
     */
    public Builder summationMethod(String name) {
      this.summationMethod =
          Arrays.stream(Summation.values())
              .filter(known -> known.name().equalsIgnoreCase(name))
              .findAny()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "AUC: 'summation_method' must be interpolation, minoring or majoring."
                              + " Received: "
                              + name));
      return this;
    }

    /** Averages the areas of the predictions of a sample, instead of the area of them all. */
    public Builder multiLabel() {
      this.multiLabel = true;
      return this;
    }

    /**
     * Sets the weights of the predictions of a sample.
     *
     * @throws IllegalArgumentException if one is negative or not finite, or all are 0
     */
    public Builder labelWeights(List<Double> values) {
      this.labelWeights = LabelWeights.checked(values);
      return this;
    }

    /** Takes predictions as logits; without this they are probabilities. */
    public Builder fromLogits() {
      this.fromLogits = true;
      return this;
    }

    @Override
    protected Builder read(ConfigReader reader) {
      numThresholds(reader.integer("num_thresholds", THRESHOLDS));
      curve(reader.string("curve", "ROC"));
      summationMethod(reader.string("summation_method", "interpolation"));
      multiLabel = reader.bool("multi_label", false);
      numLabels = reader.nullableInteger("num_labels", null);
      fromLogits = reader.bool("from_logits", false);
      if (numLabels != null && !multiLabel) {
        throw reader.invalid("num_labels", "null unless multi_label is true");
      }

      List<Double> weights = LabelWeights.read(reader);
      if (weights != null) {
        labelWeights(weights);
      }

      if (reader.any("thresholds") != null) {
        thresholds(reader.numbers("thresholds"));
      }

      return super.read(reader);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public AUC build() {
      return new AUC(this);
    }
  }
}
