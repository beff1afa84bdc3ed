package io.firesteel.initializers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;

/**
 * Numbers of a uniform distribution over [minval, maxval) (Keras 3.15,
 * keras/src/initializers/random_initializers.py).
 *
 * <p>Stricter than Keras: {@code minval} must not exceed {@code maxval}.
 */
public final class RandomUniform extends RandomInitializer {

  private final double minval;
  private final double maxval;

  private RandomUniform(double minval, double maxval, Seed seed) {
    super(seed);
    this.minval = Argument.finite("RandomUniform", "minval", minval);
    this.maxval = Argument.finite("RandomUniform", "maxval", maxval);
    if (minval > maxval) {
      throw new IllegalArgumentException(
          "RandomUniform: 'minval' must not exceed 'maxval'. Received: minval=%s, maxval=%s"
              .formatted(minval, maxval));
    }
  }

  /** Returns the initializer over [-0.05, 0.05). */
  public static RandomUniform of() {
    return of(-0.05, 0.05);
  }

  /** Returns the initializer over [minval, maxval). */
  public static RandomUniform of(double minval, double maxval) {
    return new RandomUniform(minval, maxval, Seed.NONE);
  }

  /** Returns this initializer with a seed of its own. */
  public RandomUniform seed(long value) {
    return new RandomUniform(minval, maxval, Seed.of(value));
  }

  static RandomUniform read(ConfigReader arguments) {
    return new RandomUniform(
        arguments.number("minval", -0.05), arguments.number("maxval", 0.05), Seed.read(arguments));
  }

  @Override
  float[] draw(Shape shape, RandomStream random) {
    return uniform(shape, random, minval, maxval);
  }

  @Override
  public Config getConfig() {
    return seedConfig().put("minval", minval).put("maxval", maxval).build();
  }
}
