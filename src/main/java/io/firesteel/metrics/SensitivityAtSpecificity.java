package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The best sensitivity over the thresholds at which the specificity is at least a given one, 0 if
 * there are none.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py.
 */
public final class SensitivityAtSpecificity extends BestAtMetric {

  private SensitivityAtSpecificity(Builder builder) {
    super(builder);
  }

  /**
   * Returns a builder with Keras's defaults.
   *
   * @param specificity the specificity to reach, in [0, 1]
   * @throws IllegalArgumentException if it is not
   */
  public static Builder builder(double specificity) {
    return new Builder(specificity);
  }

  /** Returns the metric that a config describes. */
  public static SensitivityAtSpecificity fromConfig(Config config) {
    ConfigReader reader = config.reader("SensitivityAtSpecificity");
    Builder builder = builder(reader.number("specificity")).read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  double constrained(Confusion confusion, int threshold) {
    return confusion.specificity(threshold);
  }

  @Override
  double dependent(Confusion confusion, int threshold) {
    return confusion.recall(threshold);
  }

  /** Collects the arguments. */
  public static final class Builder extends BestAtMetric.Builder<Builder> {
    private Builder(double value) {
      super("SensitivityAtSpecificity", "sensitivity_at_specificity", "specificity", value);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public SensitivityAtSpecificity build() {
      return new SensitivityAtSpecificity(this);
    }
  }
}
