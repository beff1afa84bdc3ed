package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The root of the mean of squared differences of labels and predictions.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/regression_metrics.py.
 */
public final class RootMeanSquaredError extends LossMetric {

  private RootMeanSquaredError(Builder builder) {
    super(builder, io.firesteel.losses.MeanSquaredError.builder().build());
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static RootMeanSquaredError fromConfig(Config config) {
    ConfigReader reader = config.reader("RootMeanSquaredError");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  public double result(double[] state, int offset) {
    return Math.sqrt(super.result(state, offset));
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("root_mean_squared_error");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public RootMeanSquaredError build() {
      return new RootMeanSquaredError(this);
    }
  }
}
