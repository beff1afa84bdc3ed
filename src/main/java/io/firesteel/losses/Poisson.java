package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The mean of {@code p - y log(p + 1e-7)}, the negative log-likelihood of counts {@code y} with the
 * mean {@code p}, without what does not depend on it. The gradient is {@code 1 - y / (p + 1e-7)}.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py. Stricter than Keras: labels must not be
 * negative.
 */
public final class Poisson extends ElementwiseLoss {

  private static final float EPSILON = (float) 1e-7;

  private Poisson(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the loss that a config describes. */
  public static Poisson fromConfig(Config config) {
    ConfigReader reader = config.reader("Poisson");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
    return LabelRange.nonNegative(name(), labels, samples * predictionWidth);
  }

  @Override
  float value(float label, float prediction) {
    return prediction - label * Probability.log(prediction + EPSILON);
  }

  @Override
  float slope(float label, float prediction) {
    return 1f - label / (prediction + EPSILON);
  }

  /** Collects the arguments. */
  public static final class Builder extends Loss.Builder<Builder> {
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
