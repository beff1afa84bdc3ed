package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The mean of absolute differences, {@code mean(|y - p|)}, with the gradient {@code 1 / width}
 * where {@code p > y}, else {@code -1 / width}, also where they are equal, as JAX has it.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py.
 */
public final class MeanAbsoluteError extends SamplewiseLoss {

  private MeanAbsoluteError(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the loss that a config describes. */
  public static MeanAbsoluteError fromConfig(Config config) {
    ConfigReader reader = config.reader("MeanAbsoluteError");
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
    float slope = 1f / width;
    double sum = 0.0;
    for (int j = 0; j < width; j++) {
      float error = predictions[start + j] - labels[labelStart + j];
      sum += Math.abs(error);
      if (gradient != null) {
        gradient[start + j] = error > 0f ? slope : -slope;
      }
    }

    return (float) (sum / width);
  }

  /** Collects the arguments. */
  public static final class Builder extends Loss.Builder<Builder> {
    private Builder() {
      super("mean_absolute_error");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public MeanAbsoluteError build() {
      return new MeanAbsoluteError(this);
    }
  }
}
