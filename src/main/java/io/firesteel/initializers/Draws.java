package io.firesteel.initializers;

import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;

/** The distributions that initializers draw from. */
final class Draws {

  private Draws() {}

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
