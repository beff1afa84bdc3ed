package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The share of samples whose label, a class index, is among the {@code k} largest predictions.
 * Equals are all in.
 *
 * <p>With {@code from_sorted_ids}, predictions are not scores but class indices, best first, of
 * which the first {@code k} count.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/accuracy_metrics.py.
 */
public final class SparseTopKCategoricalAccuracy extends SamplewiseMetric {

  private static final long K = 5;

  private final long k;
  private final boolean fromSortedIds;

  SparseTopKCategoricalAccuracy(ConfigReader arguments) {
    super("sparse_top_k_categorical_accuracy", arguments);
    this.k = Argument.integer("SparseTopKCategoricalAccuracy", "k", 1, arguments.integer("k", K));
    this.fromSortedIds = arguments.bool("from_sorted_ids", false);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Config getConfig() {
    Config config = super.getConfig().with("k", k);
    return fromSortedIds ? config.with("from_sorted_ids", true) : config;
  }

  @Override
  public @Nullable String checkWidths(int labelWidth, int width) {
    if (fromSortedIds && width < k) {
      return "%s needs %d predictions a sample or more, class indices. Received: %d"
          .formatted(name(), k, width);
    }

    return Classes.checkIndices(this, labelWidth, width);
  }

  @Override
  double value(
      float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width) {
    float label = labels[labelStart];
    boolean in =
        fromSortedIds
            ? isAmong(label, predictions, start)
            : Classes.inTopK(label, predictions, start, width, k);
    return in ? 1.0 : 0.0;
  }

  private boolean isAmong(float label, float[] classes, int start) {
    for (int j = 0; j < k; j++) {
      if (classes[start + j] == label) {
        return true;
      }
    }

    return false;
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<SparseTopKCategoricalAccuracy, Builder> {
    private Builder() {
      super("SparseTopKCategoricalAccuracy", SparseTopKCategoricalAccuracy::new);
    }

    /** Sets how many of the largest predictions count, at least 1; default 5. */
    public Builder k(long k) {
      return set("k", k);
    }

    /** Takes predictions as class indices, best first; without this they are scores. */
    public Builder fromSortedIds() {
      return set("from_sorted_ids", true);
    }
  }
}
