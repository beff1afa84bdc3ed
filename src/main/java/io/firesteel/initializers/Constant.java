package io.firesteel.initializers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One value everywhere, or those of an array that broadcasts to the variable; Keras's {@code Zeros}
 * and {@code Ones} are this class without the argument (Keras 3.15,
 * keras/src/initializers/constant_initializers.py).
 *
 * <p>Differs from Keras: a config without {@code value} means 0 rather than an error, as the
 * constructor's default is.
 */
public final class Constant extends Initializer {

  private static final String OWN = "Constant";

  private final String className;
  private final double value;
  private final @Nullable ConstantArray array;

  private Constant(String className, double value, @Nullable ConstantArray array) {
    this.className = className;
    this.value = Argument.finite(OWN, "value", value);
    this.array = array;
  }

  /** Returns the initializer. */
  public static Constant of(double value) {
    return new Constant(OWN, value, null);
  }

  static Constant zeros(ConfigReader arguments) {
    return new Constant("Zeros", 0.0, null);
  }

  static Constant ones(ConfigReader arguments) {
    return new Constant("Ones", 1.0, null);
  }

  static Constant read(ConfigReader arguments) {
    Object value = arguments.any("value");
    return value instanceof List<?> || value instanceof Config
        ? new Constant(OWN, 0.0, ConstantArray.read(arguments, value))
        : of(arguments.number("value", 0.0));
  }

  @Override
  public String className() {
    return className;
  }

  @Override
  public float[] call(Shape shape, RandomStream random) {
    if (array != null) {
      return array.call(shape);
    }

    float[] values = new float[shape.size()];
    Arrays.fill(values, (float) value);
    return values;
  }

  @Override
  public Config getConfig() {
    Object given = array == null ? value : array.given();
    return className.equals(OWN) ? Config.builder().put("value", given).build() : Config.empty();
  }
}
