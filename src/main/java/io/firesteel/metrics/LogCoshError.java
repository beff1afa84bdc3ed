package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean of the logarithm of the hyperbolic cosine of differences, see {@link
 * io.firesteel.losses.LogCosh}.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/regression_metrics.py.
 */
public final class LogCoshError extends LossMetric {

  private LogCoshError(Builder builder) {
    super(builder, io.firesteel.losses.LogCosh.builder().build());
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static LogCoshError fromConfig(Config config) {
    ConfigReader reader = config.reader("LogCoshError");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("logcosh");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public LogCoshError build() {
      return new LogCoshError(this);
    }
  }
}
