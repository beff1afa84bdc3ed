package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The best specificity over the thresholds at which the sensitivity is at least a given one, 0 if
 * there are none.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py.
 */
public final class SpecificityAtSensitivity extends BestAtMetric {

  private SpecificityAtSensitivity(Builder builder) {
    super(builder);
  }

  /**
   * Returns a builder with Keras's defaults.
   *
   * @param sensitivity the sensitivity to reach, in [0, 1]
   * @throws IllegalArgumentException if it is not
   */
  public static Builder builder(double sensitivity) {
    return new Builder(sensitivity);
  }

  /** Returns the metric that a config describes. */
  public static SpecificityAtSensitivity fromConfig(Config config) {
    ConfigReader reader = config.reader("SpecificityAtSensitivity");
    Builder builder = builder(reader.number("sensitivity")).read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  double constrained(Confusion confusion, int threshold) {
    return confusion.recall(threshold);
  }

  @Override
  double dependent(Confusion confusion, int threshold) {
    return confusion.specificity(threshold);
  }

  /** Collects the arguments. */
  public static final class Builder extends BestAtMetric.Builder<Builder> {
    private Builder(double value) {
      super("SpecificityAtSensitivity", "specificity_at_sensitivity", "sensitivity", value);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public SpecificityAtSensitivity build() {
      return new SpecificityAtSensitivity(this);
    }
  }
}
