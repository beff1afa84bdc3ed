package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean of differences in percent of the labels, see {@link
 * io.firesteel.losses.MeanAbsolutePercentageError}.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/regression_metrics.py.
 */
public final class MeanAbsolutePercentageError extends LossMetric {

  private MeanAbsolutePercentageError(Builder builder) {
    super(builder, io.firesteel.losses.MeanAbsolutePercentageError.builder().build());
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static MeanAbsolutePercentageError fromConfig(Config config) {
    ConfigReader reader = config.reader("MeanAbsolutePercentageError");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("mean_absolute_percentage_error");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public MeanAbsolutePercentageError build() {
      return new MeanAbsolutePercentageError(this);
    }
  }
}
