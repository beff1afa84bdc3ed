package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean of squared differences of labels and predictions.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/regression_metrics.py.
 */
public final class MeanSquaredError extends LossMetric {

  private MeanSquaredError(Builder builder) {
    super(builder, io.firesteel.losses.MeanSquaredError.builder().build());
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static MeanSquaredError fromConfig(Config config) {
    ConfigReader reader = config.reader("MeanSquaredError");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("mean_squared_error");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public MeanSquaredError build() {
      return new MeanSquaredError(this);
    }
  }
}
