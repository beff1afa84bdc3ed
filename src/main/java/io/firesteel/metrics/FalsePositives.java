package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The weight of negative labels whose predictions are above the threshold.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py. Differs from Keras: one threshold
 * alone.
 */
public final class FalsePositives extends ConfusionMetric {

  private FalsePositives(Builder builder) {
    super(builder, THRESHOLD);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static FalsePositives fromConfig(Config config) {
    ConfigReader reader = config.reader("FalsePositives");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  double result(Confusion confusion) {
    return confusion.falsePositives()[0];
  }

  /** Collects the arguments. */
  public static final class Builder extends ConfusionMetric.Builder<Builder> {
    private Builder() {
      super("FalsePositives", "false_positives");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public FalsePositives build() {
      return new FalsePositives(this);
    }
  }
}
