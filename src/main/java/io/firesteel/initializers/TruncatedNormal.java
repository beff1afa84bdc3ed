package io.firesteel.initializers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;

/**
 * Numbers of a normal distribution, those beyond two standard deviations drawn again (Keras 3.15,
 * keras/src/initializers/random_initializers.py).
 *
 * <p>Stricter than Keras: {@code stddev} must not be negative.
 */
public final class TruncatedNormal extends RandomInitializer {

  private final double mean;
  private final double stddev;

  private TruncatedNormal(double mean, double stddev, Seed seed) {
    super(seed);
    this.mean = Argument.finite("TruncatedNormal", "mean", mean);
    this.stddev = Argument.nonNegative("TruncatedNormal", "stddev", stddev);
  }

  /** Returns the initializer with mean 0 and standard deviation 0.05. */
  public static TruncatedNormal of() {
    return of(0.0, 0.05);
  }

  /** Returns the initializer. */
  public static TruncatedNormal of(double mean, double stddev) {
    return new TruncatedNormal(mean, stddev, Seed.NONE);
  }

  /** Returns this initializer with a seed of its own. */
  public TruncatedNormal seed(long value) {
    return new TruncatedNormal(mean, stddev, Seed.of(value));
  }

  static TruncatedNormal read(ConfigReader arguments) {
    return new TruncatedNormal(
        arguments.number("mean", 0.0), arguments.number("stddev", 0.05), Seed.read(arguments));
  }

  @Override
  float[] draw(Shape shape, RandomStream random) {
    return truncatedNormal(shape, random, mean, stddev);
  }

  @Override
  public Config getConfig() {
    return seedConfig().put("mean", mean).put("stddev", stddev).build();
  }
}
