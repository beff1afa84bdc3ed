package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Arrays;
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
 * <p>Source: Keras 3.15, keras/src/metrics/regression_metrics.py. With {@code class_aggregation}
 * null there is a result an output.
 */
public final class R2Score extends Metric {

  private static final String UNIFORM = "uniform_average";
  private static final String WEIGHTED = "variance_weighted_average";
  private static final List<@Nullable String> AGGREGATIONS = Arrays.asList(null, UNIFORM, WEIGHTED);
  private static final int SUMS = 4;

  private final @Nullable String classAggregation;
  private final long numRegressors;
  private final int width;

  R2Score(ConfigReader arguments) {
    this(arguments, 0);
  }

  private R2Score(ConfigReader arguments, int width) {
    super("r2_score", arguments);
    this.classAggregation =
        arguments.seen("class_aggregation")
            ? arguments.nullableString("class_aggregation")
            : UNIFORM;
    Argument.checkOneOf("R2Score", "class_aggregation", classAggregation, AGGREGATIONS);
    long regressors = arguments.integer("num_regressors", 0);
    this.numRegressors = Argument.integer("R2Score", "num_regressors", 0, regressors);
    this.width = width;
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Metric forWidth(int predictionWidth) {
    return new R2Score(getConfig().reader("R2Score"), predictionWidth);
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
  public int stateSize() {
    return 1 + SUMS * known(width);
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
  public int resultSize() {
    return classAggregation == null ? known(width) : 1;
  }

  @Override
  public double result(double[] state, int offset) {
    return result(state, offset, 0);
  }

  @Override
  public double result(double[] state, int offset, int index) {
    double score =
        classAggregation == null
            ? score(state, offset + 1 + SUMS * index)
            : aggregated(state, offset);
    double divisor = state[offset] - numRegressors - 1.0;
    return numRegressors == 0 || divisor <= 0.0
        ? score
        : 1.0 - (1.0 - score) * (state[offset] - 1.0) / divisor;
  }

  private double aggregated(double[] state, int offset) {
    int outputs = known(width);
    double sum = 0.0;
    double weightedSum = 0.0;
    double totals = 0.0;
    for (int j = 0; j < outputs; j++) {
      int sums = offset + 1 + SUMS * j;
      double total = total(state, sums);
      double score = score(state, sums);
      sum += score;
      weightedSum += score * total;
      totals += total;
    }

    return WEIGHTED.equals(classAggregation) ? ratio(weightedSum, totals) : sum / outputs;
  }

  private static double score(double[] state, int sums) {
    double total = total(state, sums);
    return total == 0.0 ? 0.0 : 1.0 - state[sums + 2] / total;
  }

  private static double total(double[] state, int sums) {
    return state[sums + 1] - state[sums] * ratio(state[sums], state[sums + 3]);
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<R2Score, Builder> {
    private Builder() {
      super("R2Score", R2Score::new);
    }

    /**
     * Sets how the outputs become one number: {@code uniform_average}, the default, or {@code
     * variance_weighted_average}; null for a result an output.
     */
    public Builder classAggregation(@Nullable String classAggregation) {
      return set("class_aggregation", classAggregation);
    }

    /**
     * Sets the number of independent variables for the adjusted score, at least 0; default 0, for
     * none.
     */
    public Builder numRegressors(long numRegressors) {
      return set("num_regressors", numRegressors);
    }
  }
}
