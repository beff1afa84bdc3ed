package io.firesteel.losses;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The mean of differences that count squared while they are small and linearly beyond {@code
 * delta}: with {@code e = p - y}, {@code e^2 / 2} if {@code |e| <= delta}, else {@code delta |e| -
 * delta^2 / 2}. The gradient is {@code e}, cut to [-delta, delta], over the width.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py. Differs from Keras: the config holds {@code
 * delta} where it is not 1; Keras reads the key, but forgets to write it. Stricter than Keras:
 * {@code delta} must be positive.
 */
public final class Huber extends SamplewiseLoss {

  private static final double DELTA = 1.0;

  private final double delta;

  Huber(ConfigReader arguments) {
    super("huber_loss", arguments);
    this.delta = Argument.positive("Huber", "delta", arguments.number("delta", DELTA));
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Config getConfig() {
    Config config = super.getConfig();
    return delta == DELTA ? config : config.with("delta", delta);
  }

  @Override
  float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    float limit = (float) delta;
    float slope = 1f / width;
    double sum = 0.0;
    for (int j = 0; j < width; j++) {
      float error = predictions[start + j] - labels[labelStart + j];
      float size = Math.abs(error);
      sum += size <= limit ? 0.5f * (error * error) : limit * size - 0.5f * (limit * limit);
      if (gradient != null) {
        gradient[start + j] = slope * (size <= limit ? error : limit * Math.signum(error));
      }
    }

    return (float) (sum / width);
  }

  /** Collects the arguments. */
  public static final class Builder extends Loss.Builder<Huber, Builder> {
    private Builder() {
      super("Huber", Huber::new);
    }

    /** Sets the difference from which on the loss is linear, above 0; default 1. */
    public Builder delta(double delta) {
      return set("delta", delta);
    }
  }
}
