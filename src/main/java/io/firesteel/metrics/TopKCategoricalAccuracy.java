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

  TopKCategoricalAccuracy(ConfigReader arguments) {
    super("top_k_categorical_accuracy", arguments);
    this.k = Argument.integer("TopKCategoricalAccuracy", "k", 1, arguments.integer("k", K));
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Config getConfig() {
    return super.getConfig().with("k", k);
  }

  @Override
  public @Nullable String checkWidths(int labelWidth, int width) {
    return Classes.checkScores(this, labelWidth, width);
  }

  @Override
  double value(
      float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width) {
    int label = Classes.argmax(labels, labelStart, labelWidth);
    return Classes.inTopK(label, predictions, start, width, k) ? 1.0 : 0.0;
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<TopKCategoricalAccuracy, Builder> {
    private Builder() {
      super("TopKCategoricalAccuracy", TopKCategoricalAccuracy::new);
    }

    /** Sets how many of the largest predictions count, at least 1; default 5. */
    public Builder k(long k) {
      return set("k", k);
    }
  }
}
