package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The mean of {@code max(1 - y p, 0)^2}, the labels {@code y} -1 and 1 and the predictions signs.
 * The gradient is {@code -2 y max(1 - y p, 0)}.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py. Stricter than Keras: labels must be -1 and 1,
 * or 0 and 1, where 0 stands for -1.
 */
public final class SquaredHinge extends ElementwiseLoss {

  private SquaredHinge(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the loss that a config describes. */
  public static SquaredHinge fromConfig(Config config) {
    ConfigReader reader = config.reader("SquaredHinge");
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
    float margin = Math.max(1f - HingeLabels.sign(label) * prediction, 0f);
    return margin * margin;
  }

  @Override
  float slope(float label, float prediction) {
    float sign = HingeLabels.sign(label);
    return -2f * sign * Math.max(1f - sign * prediction, 0f);
  }

  /** Collects the arguments. */
  public static final class Builder extends Loss.Builder<Builder> {
    private Builder() {
      super("squared_hinge");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public SquaredHinge build() {
      return new SquaredHinge(this);
    }
  }
}
