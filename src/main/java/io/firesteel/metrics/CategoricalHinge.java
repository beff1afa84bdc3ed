package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean categorical hinge loss, see {@link io.firesteel.losses.CategoricalHinge}.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/hinge_metrics.py.
 */
public final class CategoricalHinge extends LossMetric {

  private CategoricalHinge(Builder builder) {
    super(builder, io.firesteel.losses.CategoricalHinge.builder().build());
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static CategoricalHinge fromConfig(Config config) {
    ConfigReader reader = config.reader("CategoricalHinge");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("categorical_hinge");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public CategoricalHinge build() {
      return new CategoricalHinge(this);
    }
  }
}
