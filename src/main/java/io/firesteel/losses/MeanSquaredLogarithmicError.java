package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The mean of {@code (log(max(p, 1e-7) + 1) - log(max(y, 1e-7) + 1))^2}. Predictions below 1e-7
 * have no gradient.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py. Stricter than Keras: labels must not be
 * negative.
 */
public final class MeanSquaredLogarithmicError extends ElementwiseLoss {

  private static final float EPSILON = (float) 1e-7;

  private MeanSquaredLogarithmicError(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the loss that a config describes. */
  public static MeanSquaredLogarithmicError fromConfig(Config config) {
    ConfigReader reader = config.reader("MeanSquaredLogarithmicError");
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
    float difference = log(prediction) - log(label);
    return difference * difference;
  }

  @Override
  float slope(float label, float prediction) {
    float outer = 2f * (log(prediction) - log(label)) / (Math.max(prediction, EPSILON) + 1f);
    return outer * Kink.above(prediction, EPSILON);
  }

  private static float log(float value) {
    return Probability.log(Math.max(value, EPSILON) + 1f);
  }

  /** Collects the arguments. */
  public static final class Builder extends Loss.Builder<Builder> {
    private Builder() {
      super("mean_squared_logarithmic_error");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public MeanSquaredLogarithmicError build() {
      return new MeanSquaredLogarithmicError(this);
    }
  }
}
