package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean Poisson loss, see {@link io.firesteel.losses.Poisson}.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/probabilistic_metrics.py.
 */
public final class Poisson extends LossMetric {

  private Poisson(Builder builder) {
    super(builder, io.firesteel.losses.Poisson.builder().build());
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static Poisson fromConfig(Config config) {
    ConfigReader reader = config.reader("Poisson");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("poisson");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public Poisson build() {
      return new Poisson(this);
    }
  }
}
