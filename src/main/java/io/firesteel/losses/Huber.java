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

  private Huber(Builder builder) {
    super(builder);
    this.delta = builder.delta;
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the loss that a config describes. */
  public static Huber fromConfig(Config config) {
    ConfigReader reader = config.reader("Huber");
    Builder builder = builder().read(reader).delta(reader.number("delta", DELTA));
    reader.finish();
    return builder.build();
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
  public static final class Builder extends Loss.Builder<Builder> {
    private double delta = DELTA;

    private Builder() {
      super("huber_loss");
    }

    /**
     * Sets the difference from which on the loss is linear; default 1.
     *
     * @throws IllegalArgumentException if it is not a positive number
     */
    public Builder delta(double delta) {
      this.delta = Argument.positive("Huber", "delta", delta);
      return this;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public Huber build() {
      return new Huber(this);
    }
  }
}
