package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean of absolute differences of labels and predictions.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/regression_metrics.py.
 */
public final class MeanAbsoluteError extends LossMetric {

  private MeanAbsoluteError(Builder builder) {
    super(builder, io.firesteel.losses.MeanAbsoluteError.builder().build());
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static MeanAbsoluteError fromConfig(Config config) {
    ConfigReader reader = config.reader("MeanAbsoluteError");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("mean_absolute_error");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public MeanAbsoluteError build() {
      return new MeanAbsoluteError(this);
    }
  }
}
