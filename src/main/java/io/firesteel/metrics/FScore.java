package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
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
 * <p>Source: Keras 3.15, keras/src/metrics/f_score_metrics.py. Differs from Keras: a metric is one
 * number, so without an average, the default, several classes are refused.
 */
abstract class FScore extends Metric {

  private static final double EPSILON = 1e-7;
  private static final float ZERO = (float) 1e-9;
  private static final int SUMS = 4;

  private final @Nullable String average;
  private final double beta;
  private final @Nullable Double threshold;
  private final int width;

  FScore(Builder<?> builder) {
    super(builder);
    this.average = builder.average;
    this.beta = builder.beta;
    this.threshold = builder.threshold;
    this.width = builder.width;
  }

  /** Returns a builder of this class with its defaults. */
  abstract Builder<?> newBuilder();

  @Override
  public final Metric forWidth(int predictionWidth) {
    Builder<?> builder = newBuilder();
    builder.average = average;
    builder.beta = beta;
    builder.threshold = threshold;
    builder.width = predictionWidth;
    return builder.name(name()).build();
  }

  @Override
  public final boolean higherIsBetter() {
    return true;
  }

  @Override
  public final @Nullable String checkWidths(int labelWidth, int predictionWidth) {
    if (average == null && predictionWidth > 1) {
      return "%s has one value a class; set 'average' to micro, macro or weighted. Received: average=null, %d predictions a sample"
          .formatted(name(), predictionWidth);
    }

    return super.checkWidths(labelWidth, predictionWidth);
  }

  private int classes() {
    return Width.known(name(), "micro".equals(average) ? 1 : width);
  }

  @Override
  public final int stateSize() {
    return SUMS * classes();
  }

  /* The sums of a class: true positives, false positives, false negatives, labels. */
  @Override
  public final void update(
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
  public final double result(double[] state, int offset) {
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
    return super.getConfig().toBuilder()
        .put("average", average)
        .put("beta", beta)
        .put("threshold", threshold)
        .build();
  }

  /**
   * Collects the arguments.
   *
   * @param <B> the builder's own type
   */
  public abstract static class Builder<B extends Builder<B>> extends Metric.Builder<B> {
    private static final List<String> AVERAGES = List.of("micro", "macro", "weighted");

    private final String owner;
    private @Nullable String average;
    private double beta = 1.0;
    private @Nullable Double threshold;
    private int width;

    Builder(String owner, String name) {
      super(name);
      this.owner = owner;
    }

    /**
     * Sets how the classes become one number: {@code micro}, {@code macro} or {@code weighted}.
     *
     * @throws IllegalArgumentException if it is another one
     */
    public B average(String average) {
      Argument.oneOf(owner, "average", average, AVERAGES);

      this.average = average;
      return self();
    }

    /**
     * Sets the bound above which a prediction counts as positive; without it, the largest ones do.
     *
     * @throws IllegalArgumentException if it is not above 0 and at most 1
     */
    public B threshold(double threshold) {
      Argument.unitAboveZero(owner, "threshold", threshold);

      this.threshold = threshold;
      return self();
    }

    B beta(double beta) {
      this.beta = Argument.positive(owner, "beta", beta);
      return self();
    }

    @Override
    protected B read(ConfigReader reader) {
      String given = reader.nullableString("average");
      Double bound = reader.nullableNumber("threshold", null);
      if (given != null) {
        average(given);
      }

      if (bound != null) {
        threshold(bound);
      }

      return super.read(reader);
    }
  }
}
