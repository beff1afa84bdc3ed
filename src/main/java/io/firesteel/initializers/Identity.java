package io.firesteel.initializers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;

/**
 * The identity matrix times a gain, cut or filled up with zeros if it is not square (Keras 3.15,
 * keras/src/initializers/constant_initializers.py).
 *
 * <p>Differs from Keras: Keras forgets the gain when it writes the config; here it is written where
 * it is not 1.
 */
public final class Identity extends Initializer {

  private final double gain;

  private Identity(double gain) {
    this.gain = Argument.finite("Identity", "gain", gain);
  }

  /** Returns the initializer with gain 1. */
  public static Identity of() {
    return of(1.0);
  }

  /** Returns the initializer. */
  public static Identity of(double gain) {
    return new Identity(gain);
  }

  static Identity read(ConfigReader arguments) {
    return of(arguments.number("gain", 1.0));
  }

  @Override
  public float[] call(Shape shape, RandomStream random) {
    if (shape.rank() != 2) {
      throw new IllegalArgumentException(
          "Identity is for matrices only. Received the shape: " + shape);
    }

    float[] values = new float[shape.size()];
    for (int i = 0; i < Math.min(shape.dim(0), shape.dim(1)); i++) {
      values[i * shape.dim(1) + i] = (float) gain;
    }

    return values;
  }

  @Override
  public Config getConfig() {
    return gain == 1.0 ? Config.empty() : Config.builder().put("gain", gain).build();
  }
}
