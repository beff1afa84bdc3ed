package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The best precision over the thresholds at which the recall is at least a given one, 0 if there
 * are none.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py.
 */
public final class PrecisionAtRecall extends BestAtMetric {

  private PrecisionAtRecall(Builder builder) {
    super(builder);
  }

  /**
   * Returns a builder with Keras's defaults.
   *
   * @param recall the recall to reach, in [0, 1]
   * @throws IllegalArgumentException if it is not
   */
  public static Builder builder(double recall) {
    return new Builder(recall);
  }

  /** Returns the metric that a config describes. */
  public static PrecisionAtRecall fromConfig(Config config) {
    ConfigReader reader = config.reader("PrecisionAtRecall");
    Builder builder = builder(reader.number("recall")).read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  double constrained(Confusion confusion, int threshold) {
    return confusion.recall(threshold);
  }

  @Override
  double dependent(Confusion confusion, int threshold) {
    return confusion.precision(threshold);
  }

  /** Collects the arguments. */
  public static final class Builder extends BestAtMetric.Builder<Builder> {
    private Builder(double value) {
      super("PrecisionAtRecall", "precision_at_recall", "recall", value);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public PrecisionAtRecall build() {
      return new PrecisionAtRecall(this);
    }
  }
}
