package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean cosine of the angle between labels and predictions: 1 where they point the same way, the
 * negative of {@link io.firesteel.losses.CosineSimilarity}.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/regression_metrics.py. Stricter than Keras: every axis
 * but the last is refused.
 */
public final class CosineSimilarity extends LossMetric {

  private CosineSimilarity(Builder builder) {
    super(builder, io.firesteel.losses.CosineSimilarity.builder().build());
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static CosineSimilarity fromConfig(Config config) {
    ConfigReader reader = config.reader("CosineSimilarity");
    Builder builder = builder().read(reader);
    if (reader.integer("axis", -1) != -1) {
      throw reader.invalid("axis", "-1, the last axis");
    }

    reader.finish();
    return builder.build();
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public double result(double[] state, int offset) {
    return 0.0 - super.result(state, offset);
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("cosine_similarity");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public CosineSimilarity build() {
      return new CosineSimilarity(this);
    }
  }
}
