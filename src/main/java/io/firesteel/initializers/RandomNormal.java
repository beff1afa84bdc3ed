package io.firesteel.initializers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;

/**
 * Numbers of a normal distribution (Keras 3.15, keras/src/initializers/random_initializers.py).
 *
 * <p>Stricter than Keras: {@code stddev} must not be negative.
 */
public final class RandomNormal extends RandomInitializer {

  private final double mean;
  private final double stddev;

  private RandomNormal(double mean, double stddev, Seed seed) {
    super(seed);
    this.mean = Argument.finite("RandomNormal", "mean", mean);
    this.stddev = Argument.nonNegative("RandomNormal", "stddev", stddev);
  }

  /** Returns the initializer with mean 0 and standard deviation 0.05. */
  public static RandomNormal of() {
    return of(0.0, 0.05);
  }

  /** Returns the initializer. */
  public static RandomNormal of(double mean, double stddev) {
    return new RandomNormal(mean, stddev, Seed.NONE);
  }

  /** Returns this initializer with a seed of its own. */
  public RandomNormal seed(long value) {
    return new RandomNormal(mean, stddev, Seed.of(value));
  }

  static RandomNormal read(ConfigReader arguments) {
    return new RandomNormal(
        arguments.number("mean", 0.0), arguments.number("stddev", 0.05), Seed.read(arguments));
  }

  @Override
  float[] draw(Shape shape, RandomStream random) {
    return normal(shape, random, mean, stddev);
  }

  @Override
  public Config getConfig() {
    return seedConfig().put("mean", mean).put("stddev", stddev).build();
  }
}
