package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean of squared differences of logarithms, see {@link
 * io.firesteel.losses.MeanSquaredLogarithmicError}.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/regression_metrics.py.
 */
public final class MeanSquaredLogarithmicError extends LossMetric {

  private MeanSquaredLogarithmicError(Builder builder) {
    super(builder, io.firesteel.losses.MeanSquaredLogarithmicError.builder().build());
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static MeanSquaredLogarithmicError fromConfig(Config config) {
    ConfigReader reader = config.reader("MeanSquaredLogarithmicError");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("mean_squared_logarithmic_error");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public MeanSquaredLogarithmicError build() {
      return new MeanSquaredLogarithmicError(this);
    }
  }
}
