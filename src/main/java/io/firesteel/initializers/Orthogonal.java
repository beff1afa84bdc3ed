package io.firesteel.initializers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;

/**
 * A random orthogonal matrix times a gain; the leading axes count as rows (Keras 3.15,
 * keras/src/initializers/random_initializers.py; Saxe et al. 2014, "Exact solutions to the
 * nonlinear dynamics of learning in deep linear neural networks"). If there are fewer rows than
 * columns, the rows are orthonormal, else the columns.
 */
public final class Orthogonal extends RandomInitializer {

  /*
   * Keras takes the Q of a QR decomposition of a normal matrix, with the signs that make R's
   * diagonal positive. That Q is what Gram and Schmidt's orthogonalization gives; done twice, in
   * doubles, it is orthogonal to a double's last places.
   */

  private final double gain;

  private Orthogonal(double gain, Seed seed) {
    super(seed);
    this.gain = Argument.finite("Orthogonal", "gain", gain);
  }

  /** Returns the initializer with gain 1. */
  public static Orthogonal of() {
    return of(1.0);
  }

  /** Returns the initializer. */
  public static Orthogonal of(double gain) {
    return new Orthogonal(gain, Seed.NONE);
  }

  /** Returns this initializer with a seed of its own. */
  public Orthogonal seed(long value) {
    return new Orthogonal(gain, Seed.of(value));
  }

  static Orthogonal read(ConfigReader arguments) {
    return new Orthogonal(arguments.number("gain", 1.0), Seed.read(arguments));
  }

  @Override
  float[] draw(Shape shape, RandomStream random) {
    if (shape.rank() < 2) {
      throw new IllegalArgumentException(
          "Orthogonal needs a weight of at least two dimensions. Received the shape: " + shape);
    }

    int columns = shape.dim(-1);
    int rows = columns == 0 ? 0 : shape.size() / columns;
    double[][] vectors = orthonormal(random, Math.min(rows, columns), Math.max(rows, columns));
    float[] values = new float[shape.size()];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        values[i * columns + j] = (float) (gain * (rows < columns ? vectors[i][j] : vectors[j][i]));
      }
    }

    return values;
  }

  private static double[][] orthonormal(RandomStream random, int count, int length) {
    double[][] vectors = new double[count][length];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < length; j++) {
        vectors[i][j] = random.nextGaussian();
      }

      project(vectors, i);
      project(vectors, i);
      scale(vectors[i], 1.0 / Math.sqrt(dot(vectors[i], vectors[i])));
    }

    return vectors;
  }

  private static void project(double[][] vectors, int index) {
    double[] vector = vectors[index];
    for (int i = 0; i < index; i++) {
      double component = dot(vectors[i], vector);
      for (int j = 0; j < vector.length; j++) {
        vector[j] -= component * vectors[i][j];
      }
    }
  }

  private static void scale(double[] vector, double factor) {
    for (int j = 0; j < vector.length; j++) {
      vector[j] *= factor;
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0.0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }

    return sum;
  }

  @Override
  public Config getConfig() {
    return seedConfig().put("gain", gain).build();
  }
}
