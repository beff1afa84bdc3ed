package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The mean of {@code max(1 - y p, 0)}, the labels {@code y} -1 and 1 and the predictions signs. The
 * gradient is {@code -y} where the maximum is positive, and half of it where both are equal.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py. Stricter than Keras: labels must be -1 and 1,
 * or 0 and 1, where 0 stands for -1.
 */
public final class Hinge extends ElementwiseLoss {

  private Hinge(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the loss that a config describes. */
  public static Hinge fromConfig(Config config) {
    ConfigReader reader = config.reader("Hinge");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
    return HingeLabels.check(name(), labels, samples * predictionWidth);
  }

  @Override
  float value(float label, float prediction) {
    return Math.max(1f - HingeLabels.sign(label) * prediction, 0f);
  }

  @Override
  float slope(float label, float prediction) {
    float sign = HingeLabels.sign(label);
    return -sign * Kink.aboveZero(1f - sign * prediction);
  }

  /** Collects the arguments. */
  public static final class Builder extends Loss.Builder<Builder> {
    private Builder() {
      super("hinge");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public Hinge build() {
      return new Hinge(this);
    }
  }
}
