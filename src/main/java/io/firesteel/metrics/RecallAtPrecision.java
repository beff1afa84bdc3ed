package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The best recall over the thresholds at which the precision is at least a given one, 0 if there
 * are none.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py.
 */
public final class RecallAtPrecision extends BestAtMetric {

  private RecallAtPrecision(Builder builder) {
    super(builder);
  }

  /**
   * Returns a builder with Keras's defaults.
   *
   * @param precision the precision to reach, in [0, 1]
   * @throws IllegalArgumentException if it is not
   */
  public static Builder builder(double precision) {
    return new Builder(precision);
  }

  /** Returns the metric that a config describes. */
  public static RecallAtPrecision fromConfig(Config config) {
    ConfigReader reader = config.reader("RecallAtPrecision");
    Builder builder = builder(reader.number("precision")).read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  double constrained(Confusion confusion, int threshold) {
    return confusion.precision(threshold);
  }

  @Override
  double dependent(Confusion confusion, int threshold) {
    return confusion.recall(threshold);
  }

  /** Collects the arguments. */
  public static final class Builder extends BestAtMetric.Builder<Builder> {
    private Builder(double value) {
      super("RecallAtPrecision", "recall_at_precision", "precision", value);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public RecallAtPrecision build() {
      return new RecallAtPrecision(this);
    }
  }
}
