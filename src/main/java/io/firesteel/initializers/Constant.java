package io.firesteel.initializers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.Arrays;

/**
 * One value everywhere (Keras 3.15, keras/src/initializers/constant_initializers.py).
 *
 * <p>Differs from Keras: a config without {@code value} means 0 rather than an error, as the
 * constructor's default is.
 */
public final class Constant extends Initializer {

  private final double value;

  private Constant(double value) {
    this.value = Argument.finite("Constant", "value", value);
  }

  /** Returns the initializer. */
  public static Constant of(double value) {
    return new Constant(value);
  }

  static Constant fromConfig(Config config) {
    ConfigReader reader = config.reader("Constant");
    Constant initializer = of(reader.number("value", 0.0));
    reader.finish();
    return initializer;
  }

  @Override
  public float[] call(Shape shape, RandomStream random) {
    float[] values = new float[shape.size()];
    Arrays.fill(values, (float) value);
    return values;
  }

  @Override
  public Config getConfig() {
    return Config.builder().put("value", value).build();
  }
}
