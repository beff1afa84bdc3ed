package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean squared hinge loss, see {@link io.firesteel.losses.SquaredHinge}.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/hinge_metrics.py.
 */
public final class SquaredHinge extends LossMetric {

  private SquaredHinge(Builder builder) {
    super(builder, io.firesteel.losses.SquaredHinge.builder().build());
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static SquaredHinge fromConfig(Config config) {
    ConfigReader reader = config.reader("SquaredHinge");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("squared_hinge");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public SquaredHinge build() {
      return new SquaredHinge(this);
    }
  }
}
