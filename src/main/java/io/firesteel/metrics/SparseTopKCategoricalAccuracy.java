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

  private SparseTopKCategoricalAccuracy(Builder builder) {
    super(builder);
    this.k = builder.k;
    this.fromSortedIds = builder.fromSortedIds;
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static SparseTopKCategoricalAccuracy fromConfig(Config config) {
    ConfigReader reader = config.reader("SparseTopKCategoricalAccuracy");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
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

    return Scores.checkIndices(name(), labelWidth, width);
  }

  @Override
  double value(
      float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width) {
    float label = labels[labelStart];
    boolean in =
        fromSortedIds
            ? isAmong(label, predictions, start)
            : Scores.inTopK(label, predictions, start, width, k);
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
  public static final class Builder extends Metric.Builder<Builder> {
    private long k = K;
    private boolean fromSortedIds;

    private Builder() {
      super("sparse_top_k_categorical_accuracy");
    }

    /**
     * Sets how many of the largest predictions count; default 5.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder k(long k) {
      this.k = Argument.integer("SparseTopKCategoricalAccuracy", "k", 1, k);
      return this;
    }

    /** Takes predictions as class indices, best first; without this they are scores. */
    public Builder fromSortedIds() {
      fromSortedIds = true;
      return this;
    }

    @Override
    protected Builder read(ConfigReader reader) {
      if (reader.bool("from_sorted_ids", false)) {
        fromSortedIds();
      }

      return super.read(reader).k(reader.integer("k", K));
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public SparseTopKCategoricalAccuracy build() {
      return new SparseTopKCategoricalAccuracy(this);
    }
  }
}
