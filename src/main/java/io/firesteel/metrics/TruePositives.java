package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The weight of positive labels whose predictions are above the threshold.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py. Differs from Keras: one threshold
 * alone.
 */
public final class TruePositives extends ConfusionMetric {

  private TruePositives(Builder builder) {
    super(builder, THRESHOLD);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static TruePositives fromConfig(Config config) {
    ConfigReader reader = config.reader("TruePositives");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  double result(Confusion confusion) {
    return confusion.truePositives()[0];
  }

  /** Collects the arguments. */
  public static final class Builder extends ConfusionMetric.Builder<Builder> {
    private Builder() {
      super("TruePositives", "true_positives");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public TruePositives build() {
      return new TruePositives(this);
    }
  }
}
