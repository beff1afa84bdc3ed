package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatMath;

/**
 * The mean of {@code log(cosh(p - y))}, computed as {@code e + softplus(-2 e) - log(2)}: half the
 * square of small differences {@code e}, the size of large ones less {@code log(2)}. The gradient
 * is {@code tanh(e)}.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py.
 */
public final class LogCosh extends ElementwiseLoss {

  private static final float LOG_2 = (float) 0.6931471805599453;

  private LogCosh(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the loss that a config describes. */
  public static LogCosh fromConfig(Config config) {
    ConfigReader reader = config.reader("LogCosh");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  float value(float label, float prediction) {
    float error = prediction - label;
    return error + FloatMath.softplus(-2f * error) - LOG_2;
  }

  @Override
  float slope(float label, float prediction) {
    return FloatMath.tanh(prediction - label);
  }

  /** Collects the arguments. */
  public static final class Builder extends Loss.Builder<Builder> {
    private Builder() {
      super("log_cosh");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public LogCosh build() {
      return new LogCosh(this);
    }
  }
}
