package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A number made of the counts of right and wrong answers at one threshold, above which a prediction
 * counts as positive. A label counts as positive unless it is 0. All predictions of a sample count,
 * each with the sample's weight.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py. Differs from Keras: a metric is
 * one number, so several thresholds are refused; name a metric for each.
 */
abstract class ConfusionMetric extends Metric {

  static final double THRESHOLD = 0.5;

  private final @Nullable Object given;
  private final ThresholdSums sums;

  ConfusionMetric(Builder<?> builder, double absent) {
    super(builder);
    this.given = builder.given;
    this.sums = ThresholdSums.of(given == null ? absent : builder.threshold);
  }

  /** Returns the metric of the counts at the first and only threshold. */
  abstract double result(Confusion confusion);

  /** Tells whether a prediction takes part. */
  boolean counts(int index) {
    return true;
  }

  /** Returns the prediction as it is compared with the threshold. */
  float score(float[] predictions, int start, int width, int index) {
    return predictions[start + index];
  }

  @Override
  public final int stateSize() {
    return sums.size();
  }

  @Override
  public final void update(
      float[] labels,
      int labelWidth,
      float[] predictions,
      int width,
      int samples,
      float @Nullable [] weights,
      double[] state,
      int offset) {
    for (int i = 0; i < samples; i++) {
      double weight = weights == null ? 1.0 : weights[i];
      for (int j = 0; j < width; j++) {
        if (counts(j)) {
          float score = score(predictions, i * width, width, j);
          sums.add(labels[i * width + j], score, weight, state, offset);
        }
      }
    }
  }

  @Override
  public final double result(double[] state, int offset) {
    return result(sums.confusion(state, offset));
  }

  @Override
  public Config getConfig() {
    return super.getConfig().with("thresholds", given);
  }

  /**
   * Collects the arguments.
   *
   * @param <B> the builder's own type
   */
  public abstract static class Builder<B extends Builder<B>> extends Metric.Builder<B> {
    private final String owner;
    private @Nullable Object given;
    private double threshold = THRESHOLD;

    Builder(String owner, String name) {
      super(name);
      this.owner = owner;
    }

    /**
     * Sets the bound above which a prediction counts as positive; default 0.5.
     *
     * @throws IllegalArgumentException if it is not in [0, 1]
     */
    public B threshold(double threshold) {
      Argument.unit(owner, "thresholds", threshold);

      this.threshold = threshold;
      this.given = threshold;
      return self();
    }

    @Override
    protected B read(ConfigReader reader) {
      Object value = reader.any("thresholds");
      if (value instanceof List<?> list) {
        if (list.size() != 1) {
          throw reader.invalid("thresholds", "one number, for a metric is one number");
        }

        threshold(reader.numbers("thresholds").get(0));
        this.given = list;
      } else if (value != null) {
        threshold(reader.number("thresholds"));
      }

      return super.read(reader);
    }
  }
}
