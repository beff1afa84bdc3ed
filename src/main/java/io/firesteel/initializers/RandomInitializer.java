package io.firesteel.initializers;

import io.firesteel.saving.Config;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * An initializer that draws random numbers (Keras 3.15,
 * keras/src/initializers/random_initializers.py). With a seed of its own it gives the same values
 * each time for the same shape.
 *
 * <p>Differs from Keras: the numbers come from {@link RandomStream}, so they are others of the same
 * distribution.
 */
abstract class RandomInitializer extends Initializer {

  private final Seed seed;

  RandomInitializer(Seed seed) {
    this.seed = seed;
  }

  /** Returns the seed, or null if the numbers are to come from the model's seed. */
  public final @Nullable Long seed() {
    return seed.number();
  }

  @Override
  public final float[] call(Shape shape, RandomStream random) {
    return draw(shape, seed.stream(random));
  }

  abstract float[] draw(Shape shape, RandomStream random);

  final Config.Builder seedConfig() {
    return Config.builder().put("seed", seed.toConfig());
  }

  static float[] uniform(Shape shape, RandomStream random, double minval, double maxval) {
    float[] values = new float[shape.size()];
    float last = Math.max((float) minval, Math.nextDown((float) maxval));
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.min(last, (float) (minval + (maxval - minval) * random.nextDouble()));
    }

    return values;
  }

  static float[] normal(Shape shape, RandomStream random, double mean, double stddev) {
    float[] values = new float[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (mean + stddev * random.nextGaussian());
    }

    return values;
  }

  /** Numbers more than two standard deviations from the mean are drawn again. */
  static float[] truncatedNormal(Shape shape, RandomStream random, double mean, double stddev) {
    float[] values = new float[shape.size()];
    for (int i = 0; i < values.length; i++) {
      double z = random.nextGaussian();
      while (Math.abs(z) > 2.0) {
        z = random.nextGaussian();
      }

      values[i] = (float) (mean + stddev * z);
    }

    return values;
  }
}
