package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean of {@code 100 |y - p| / max(|y|, 1e-7)}. The gradient is {@code 100 / max(|y|, 1e-7)}
 * where {@code p > y}, else the negative of that, also where they are equal, as JAX has it. A label
 * of 0 makes the loss huge.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py.
 */
public final class MeanAbsolutePercentageError extends ElementwiseLoss {

  private static final float EPSILON = (float) 1e-7;

  private MeanAbsolutePercentageError(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the loss that a config describes. */
  public static MeanAbsolutePercentageError fromConfig(Config config) {
    ConfigReader reader = config.reader("MeanAbsolutePercentageError");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  float value(float label, float prediction) {
    return 100f * Math.abs((label - prediction) / scale(label));
  }

  @Override
  float slope(float label, float prediction) {
    return (prediction > label ? 100f : -100f) / scale(label);
  }

  private static float scale(float label) {
    return Math.max(Math.abs(label), EPSILON);
  }

  /** Collects the arguments. */
  public static final class Builder extends Loss.Builder<Builder> {
    private Builder() {
      super("mean_absolute_percentage_error");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public MeanAbsolutePercentageError build() {
      return new MeanAbsolutePercentageError(this);
    }
  }
}
