package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The share of samples where fewer than {@code k} predictions are larger than the one in the place
 * of the largest label. Equals are all in.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/accuracy_metrics.py.
 */
public final class TopKCategoricalAccuracy extends SamplewiseMetric {

  private static final long K = 5;

  private final long k;

  private TopKCategoricalAccuracy(Builder builder) {
    super(builder);
    this.k = builder.k;
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static TopKCategoricalAccuracy fromConfig(Config config) {
    ConfigReader reader = config.reader("TopKCategoricalAccuracy");
    Builder builder = builder().read(reader).k(reader.integer("k", K));
    reader.finish();
    return builder.build();
  }

  @Override
  public Config getConfig() {
    return super.getConfig().with("k", k);
  }

  @Override
  public @Nullable String checkWidths(int labelWidth, int width) {
    String classes = Scores.checkClasses(name(), width);
    return classes == null ? super.checkWidths(labelWidth, width) : classes;
  }

  @Override
  double value(
      float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width) {
    int label = Scores.argmax(labels, labelStart, labelWidth);
    return Scores.inTopK(label, predictions, start, width, k) ? 1.0 : 0.0;
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private long k = K;

    private Builder() {
      super("top_k_categorical_accuracy");
    }

    /**
     * Sets how many of the largest predictions count; default 5.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder k(long k) {
      this.k = Argument.integer("TopKCategoricalAccuracy", "k", 1, k);
      return this;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public TopKCategoricalAccuracy build() {
      return new TopKCategoricalAccuracy(this);
    }
  }
}
