package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The weight of negative labels whose predictions are not above the threshold.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py. Differs from Keras: one threshold
 * alone.
 */
public final class TrueNegatives extends ConfusionMetric {

  private TrueNegatives(Builder builder) {
    super(builder, THRESHOLD);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static TrueNegatives fromConfig(Config config) {
    ConfigReader reader = config.reader("TrueNegatives");
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
    return confusion.trueNegatives()[0];
  }

  /** Collects the arguments. */
  public static final class Builder extends ConfusionMetric.Builder<Builder> {
    private Builder() {
      super("TrueNegatives", "true_negatives");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public TrueNegatives build() {
      return new TrueNegatives(this);
    }
  }
}
