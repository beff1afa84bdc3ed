package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The weighted harmonic mean of precision and recall, {@code (1 + beta^2) precision recall /
 * (beta^2 precision + recall)}: recall counts beta times as much.
 *
 * <p>A prediction above {@code threshold} counts as positive; without a threshold the largest ones
 * of a sample do. The average {@code micro} counts the answers for all classes together, {@code
 * macro} averages the scores of the classes, {@code weighted} does so by the weight of their
 * labels.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/f_score_metrics.py. Differs from Keras: a metric is one
 * number, so without an average, the default, several classes are refused.
 */
public final class FBetaScore extends FScore {

  private FBetaScore(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static FBetaScore fromConfig(Config config) {
    ConfigReader reader = config.reader("FBetaScore");
    Builder builder = builder().read(reader).beta(reader.number("beta", 1.0));
    reader.finish();
    return builder.build();
  }

  @Override
  Builder newBuilder() {
    return builder();
  }

  /** Collects the arguments. */
  public static final class Builder extends FScore.Builder<Builder> {
    private Builder() {
      super("FBetaScore", "fbeta_score");
    }

    /**
     * Sets how many times as much recall counts as precision; default 1.
     *
     * @throws IllegalArgumentException if it is not a positive number
     */
    @Override
    public Builder beta(double beta) {
      return super.beta(beta);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public FBetaScore build() {
      return new FBetaScore(this);
    }
  }
}
