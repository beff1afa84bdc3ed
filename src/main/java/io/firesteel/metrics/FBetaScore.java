package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A weighted harmonic mean of precision and recall, {@code (1 + beta^2) precision recall / (beta^2
 * precision + recall)}, of each class or of all.
 *
 * <p>A prediction above {@code threshold} counts as positive; without a threshold the largest ones
 * of a sample do, unless they are 0. With the average {@code micro} the answers for all classes are
 * counted together, with {@code macro} the scores of the classes are averaged, with {@code
 * weighted} by the weight of their labels.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/f_score_metrics.py. Without an average, the default,
 * there is a result a class.
 */
public final class FBetaScore extends Metric {

  private static final List<@Nullable String> AVERAGES =
      Arrays.asList(null, "micro", "macro", "weighted");
  private static final double EPSILON = 1e-7;
  private static final float ZERO = (float) 1e-9;
  private static final int SUMS = 4;

  private final @Nullable String average;
  private final boolean f1;
  private final double beta;
  private final @Nullable Double threshold;
  private final int width;

  FBetaScore(ConfigReader arguments) {
    this(false, arguments, 0);
  }

  private FBetaScore(boolean f1, ConfigReader arguments, int width) {
    super(f1 ? "f1_score" : "fbeta_score", arguments);
    String owner = arguments.owner();
    this.f1 = f1;
    this.average = arguments.nullableString("average");
    Argument.checkOneOf(owner, "average", average, AVERAGES);
    this.beta = f1 ? 1.0 : Argument.positive(owner, "beta", arguments.number("beta", 1.0));
    Double bound = arguments.nullableNumber("threshold", null);
    this.threshold = bound == null ? null : Argument.unitAboveZero(owner, "threshold", bound);
    this.width = width;
  }

  /** Returns Keras's {@code F1Score}, which has no beta: it is 1. */
  static FBetaScore f1(ConfigReader arguments) {
    return new FBetaScore(true, arguments, 0);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String className() {
    return f1 ? "F1Score" : "FBetaScore";
  }

  @Override
  public Metric forWidth(int predictionWidth) {
    return new FBetaScore(f1, getConfig().reader(className()), predictionWidth);
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  private int classes() {
    return known("micro".equals(average) ? 1 : width);
  }

  @Override
  public int stateSize() {
    return SUMS * classes();
  }

  /* The sums of a class: true positives, false positives, false negatives, labels. */
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
    int classes = classes();
    for (int i = 0; i < samples; i++) {
      float bound = bound(predictions, i * predictionWidth, predictionWidth);
      double weight = weights == null ? 1.0 : weights[i];
      for (int j = 0; j < predictionWidth; j++) {
        float label = labels[i * predictionWidth + j];
        float answer = isPositive(predictions[i * predictionWidth + j], bound) ? 1f : 0f;
        int sums = offset + SUMS * (j % classes);
        state[sums] += answer * label * weight;
        state[sums + 1] += answer * (1f - label) * weight;
        state[sums + 2] += (1f - answer) * label * weight;
        state[sums + 3] += label * weight;
      }
    }
  }

  private float bound(float[] predictions, int start, int predictionWidth) {
    if (threshold != null) {
      return threshold.floatValue();
    }

    float max = Float.NEGATIVE_INFINITY;
    for (int j = start; j < start + predictionWidth; j++) {
      max = Math.max(max, predictions[j]);
    }

    return max;
  }

  private boolean isPositive(float prediction, float bound) {
    return threshold == null
        ? prediction >= bound && Math.abs(prediction) > ZERO
        : prediction > bound;
  }

  @Override
  public int resultSize() {
    return average == null ? classes() : 1;
  }

  @Override
  public double result(double[] state, int offset) {
    return result(state, offset, 0);
  }

  @Override
  public double result(double[] state, int offset, int index) {
    return average == null ? score(state, offset + SUMS * index) : average(state, offset);
  }

  private double average(double[] state, int offset) {
    int classes = classes();
    double sum = 0.0;
    double weighted = 0.0;
    double weights = 0.0;
    for (int c = 0; c < classes; c++) {
      double score = score(state, offset + SUMS * c);
      sum += score;
      weighted += score * state[offset + SUMS * c + 3];
      weights += state[offset + SUMS * c + 3];
    }

    return "weighted".equals(average) ? weighted / (weights + EPSILON) : sum / classes;
  }

  private double score(double[] state, int sums) {
    double precision = state[sums] / (state[sums] + state[sums + 1] + EPSILON);
    double recall = state[sums] / (state[sums] + state[sums + 2] + EPSILON);
    double square = beta * beta;
    return precision * recall / (square * precision + recall + EPSILON) * (1.0 + square);
  }

  @Override
  public Config getConfig() {
    Config config =
        super.getConfig().toBuilder()
            .put("average", average)
            .put("beta", beta)
            .put("threshold", threshold)
            .build();
    return f1 ? config.without("beta") : config;
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<FBetaScore, Builder> {
    private Builder() {
      super("FBetaScore", FBetaScore::new);
    }

    /** Sets how many times as much recall counts as precision, above 0; default 1. */
    public Builder beta(double beta) {
      return set("beta", beta);
    }

    /**
     * Sets how the classes become one number: {@code micro}, {@code macro} or {@code weighted};
     * null, the default, for a result a class.
     */
    public Builder average(@Nullable String average) {
      return set("average", average);
    }

    /**
     * Sets the bound, above 0 and at most 1, above which a prediction counts as positive; without
     * it, the largest ones do.
     */
    public Builder threshold(double threshold) {
      return set("threshold", threshold);
    }
  }
}
