package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The weight of positive labels whose predictions are not above the threshold.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py. Differs from Keras: one threshold
 * alone.
 */
public final class FalseNegatives extends ConfusionMetric {

  private FalseNegatives(Builder builder) {
    super(builder, THRESHOLD);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static FalseNegatives fromConfig(Config config) {
    ConfigReader reader = config.reader("FalseNegatives");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  double result(Confusion confusion) {
    return confusion.falseNegatives()[0];
  }

  /** Collects the arguments. */
  public static final class Builder extends ConfusionMetric.Builder<Builder> {
    private Builder() {
      super("FalseNegatives", "false_negatives");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public FalseNegatives build() {
      return new FalseNegatives(this);
    }
  }
}
