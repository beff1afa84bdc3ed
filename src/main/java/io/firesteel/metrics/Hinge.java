package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean hinge loss, see {@link io.firesteel.losses.Hinge}.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/hinge_metrics.py.
 */
public final class Hinge extends LossMetric {

  private Hinge(Builder builder) {
    super(builder, io.firesteel.losses.Hinge.builder().build());
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static Hinge fromConfig(Config config) {
    ConfigReader reader = config.reader("Hinge");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("hinge");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public Hinge build() {
      return new Hinge(this);
    }
  }
}
