package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The harmonic mean of precision and recall.
 *
 * <p>A prediction above {@code threshold} counts as positive; without a threshold the largest ones
 * of a sample do. The average {@code micro} counts the answers for all classes together, {@code
 * macro} averages the scores of the classes, {@code weighted} does so by the weight of their
 * labels.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/f_score_metrics.py. Differs from Keras: a metric is one
 * number, so without an average, the default, several classes are refused.
 */
public final class F1Score extends FScore {

  private F1Score(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static F1Score fromConfig(Config config) {
    ConfigReader reader = config.reader("F1Score");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  Builder newBuilder() {
    return builder();
  }

  @Override
  public Config getConfig() {
    return super.getConfig().without("beta");
  }

  /** Collects the arguments. */
  public static final class Builder extends FScore.Builder<Builder> {
    private Builder() {
      super("F1Score", "f1_score");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public F1Score build() {
      return new F1Score(this);
    }
  }
}
