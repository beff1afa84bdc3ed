package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The mean of squared differences, {@code mean((y - p)^2)}, with the gradient {@code 2 (p - y) /
 * width}.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py.
 */
public final class MeanSquaredError extends SamplewiseLoss {

  private MeanSquaredError(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the loss that a config describes. */
  public static MeanSquaredError fromConfig(Config config) {
    ConfigReader reader = config.reader("MeanSquaredError");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    float slope = 2f / width;
    double sum = 0.0;
    for (int j = 0; j < width; j++) {
      float error = predictions[start + j] - labels[labelStart + j];
      sum += error * error;
      if (gradient != null) {
        gradient[start + j] = slope * error;
      }
    }

    return (float) (sum / width);
  }

  /** Collects the arguments. */
  public static final class Builder extends Loss.Builder<Builder> {
    private Builder() {
      super("mean_squared_error");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public MeanSquaredError build() {
      return new MeanSquaredError(this);
    }
  }
}
