package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean divergence of predictions from labels, see {@link io.firesteel.losses.KLDivergence}.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/probabilistic_metrics.py.
 */
public final class KLDivergence extends LossMetric {

  private KLDivergence(Builder builder) {
    super(builder, io.firesteel.losses.KLDivergence.builder().build());
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static KLDivergence fromConfig(Config config) {
    ConfigReader reader = config.reader("KLDivergence");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("kl_divergence");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public KLDivergence build() {
      return new KLDivergence(this);
    }
  }
}
