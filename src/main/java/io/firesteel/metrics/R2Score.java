package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The share of the labels' variance that predictions explain, {@code 1 - sum((y - p)^2) / sum((y -
 * mean(y))^2)} for each output, 0 where the labels don't vary.
 *
 * <p>The outputs are averaged ({@code uniform_average}, the default), or averaged by their labels'
 * variance ({@code variance_weighted_average}). With {@code num_regressors} the score {@code r}
 * becomes {@code 1 - (1 - r) (n - 1) / (n - num_regressors - 1)}, where {@code n} counts all
 * labels, if that divisor is above 0.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/regression_metrics.py. Differs from Keras: a metric is
 * one number, so {@code class_aggregation} null is refused where there are several outputs.
 */
public final class R2Score extends Metric {

  private static final String UNIFORM = "uniform_average";
  private static final String WEIGHTED = "variance_weighted_average";
  private static final int SUMS = 4;

  private final @Nullable String classAggregation;
  private final long numRegressors;
  private final int width;

  private R2Score(Builder builder) {
    super(builder);
    this.classAggregation = builder.classAggregation;
    this.numRegressors = builder.numRegressors;
    this.width = builder.width;
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static R2Score fromConfig(Config config) {
    ConfigReader reader = config.reader("R2Score");
    Builder builder = builder().read(reader);
    if (reader.seen("class_aggregation")) {
      builder.classAggregation(reader.nullableString("class_aggregation"));
    }

    builder.numRegressors(reader.integer("num_regressors", 0));
    reader.finish();
    return builder.build();
  }

  @Override
  public Metric forWidth(int predictionWidth) {
    Builder builder = builder().name(name()).classAggregation(classAggregation);
    builder.width = predictionWidth;
    return builder.numRegressors(numRegressors).build();
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder()
        .put("class_aggregation", classAggregation)
        .put("num_regressors", numRegressors)
        .build();
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public @Nullable String checkWidths(int labelWidth, int predictionWidth) {
    if (classAggregation == null && predictionWidth > 1) {
      return "%s has one value an output; set 'class_aggregation' to uniform_average or variance_weighted_average. Received: class_aggregation=null, %d predictions a sample"
          .formatted(name(), predictionWidth);
    }

    return super.checkWidths(labelWidth, predictionWidth);
  }

  @Override
  public int stateSize() {
    return 1 + SUMS * Width.known(name(), width);
  }

  /* The number of labels, and for each output: their sum, that of their squares, that of squared
   * errors, that of the weights. */
  @Override
  public void update(
      float[] labels,
      int labelWidth,
      float[] predictions,
      int predictionWidth,
      int samples,
      float @Nullable [] weights,
      double[] state,
      int offset) {
    state[offset] += (double) samples * predictionWidth;
    for (int i = 0; i < samples * predictionWidth; i++) {
      double weight = weights == null ? 1.0 : weights[i / predictionWidth];
      double label = labels[i];
      double error = label - predictions[i];
      int sums = offset + 1 + SUMS * (i % predictionWidth);
      state[sums] += label * weight;
      state[sums + 1] += label * label * weight;
      state[sums + 2] += error * error * weight;
      state[sums + 3] += weight;
    }
  }

  @Override
  public double result(double[] state, int offset) {
    int outputs = Width.known(name(), width);
    double sum = 0.0;
    double weightedSum = 0.0;
    double totals = 0.0;
    for (int j = 0; j < outputs; j++) {
      int sums = offset + 1 + SUMS * j;
      double total = state[sums + 1] - state[sums] * Ratio.of(state[sums], state[sums + 3]);
      double score = total == 0.0 ? 0.0 : 1.0 - state[sums + 2] / total;
      sum += score;
      weightedSum += score * total;
      totals += total;
    }

    double score =
        WEIGHTED.equals(classAggregation) ? Ratio.of(weightedSum, totals) : sum / outputs;
    double divisor = state[offset] - numRegressors - 1.0;
    return numRegressors == 0 || divisor <= 0.0
        ? score
        : 1.0 - (1.0 - score) * (state[offset] - 1.0) / divisor;
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private @Nullable String classAggregation = UNIFORM;
    private long numRegressors;
    private int width;

    private Builder() {
      super("r2_score");
    }

    /**
     * Sets how the outputs become one number: {@code uniform_average} or {@code
     * variance_weighted_average}, null for a single output.
     *
     * @throws IllegalArgumentException if it is another one
     */
    public Builder classAggregation(@Nullable String classAggregation) {
      if (classAggregation != null && !List.of(UNIFORM, WEIGHTED).contains(classAggregation)) {
        throw new IllegalArgumentException(
            "R2Score: 'class_aggregation' must be null, uniform_average or"
                + " variance_weighted_average. Received: "
                + classAggregation);
      }

      this.classAggregation = classAggregation;
      return this;
    }

    /**
     * Sets the number of independent variables for the adjusted score; default 0, for none.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder numRegressors(long numRegressors) {
      if (numRegressors < 0) {
        throw new IllegalArgumentException(
            "R2Score: 'num_regressors' must be 0 or more. Received: " + numRegressors);
      }

      this.numRegressors = numRegressors;
      return this;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public R2Score build() {
      return new R2Score(this);
    }
  }
}
