package io.firesteel.regularizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;

/**
 * The penalty that draws the rows (or columns) of a matrix towards orthogonality: factor times the
 * mean of |u · v| over all pairs of normalized rows u, v (Keras 3.15,
 * keras/src/regularizers/regularizers.py). A row shorter than 1e-7 is divided by 1e-7 rather than
 * by its norm. The gradient of |u · v| at 0 is that at a value just above.
 *
 * <p>Differs from Keras: a row of zeros has no gradient, where Keras gives NaN.
 *
 * <p>Stricter than Keras: there must be two rows (or columns) at least, where Keras gives NaN.
 */
public final class OrthogonalRegularizer extends Regularizer {

  private static final double EPSILON = 1e-7;

  private final double factor;
  private final String mode;

  private OrthogonalRegularizer(double factor, String mode) {
    this.factor = Argument.nonNegative("OrthogonalRegularizer", "factor", factor);
    this.mode = mode;
    Argument.oneOf("OrthogonalRegularizer", "mode", mode, List.of("rows", "columns"));
  }

  /** Returns the regularizer of rows with factor 0.01. */
  public static OrthogonalRegularizer of() {
    return of(0.01, "rows");
  }

  /**
   * Returns the regularizer.
   *
   * @param mode {@code rows} or {@code columns}
   */
  public static OrthogonalRegularizer of(double factor, String mode) {
    return new OrthogonalRegularizer(factor, mode);
  }

  static OrthogonalRegularizer fromConfig(Config config) {
    ConfigReader reader = config.reader("OrthogonalRegularizer");
    OrthogonalRegularizer regularizer =
        of(reader.number("factor", 0.01), reader.string("mode", "rows"));
    reader.finish();
    return regularizer;
  }

  @Override
  public void checkShape(Shape shape) {
    if (shape.rank() != 2) {
      throw new IllegalArgumentException(
          "OrthogonalRegularizer is for matrices only. Received the shape: " + shape);
    }

    if (shape.dim(mode.equals("rows") ? 0 : 1) < 2) {
      throw new IllegalArgumentException(
          "OrthogonalRegularizer needs at least two %s. Received the shape: %s"
              .formatted(mode, shape));
    }
  }

  @Override
  public float call(Shape shape, float[] weight) {
    checkShape(shape);
    double[][] units = vectors(shape, weight);
    normalize(units);
    double sum = 0.0;
    for (int i = 0; i < units.length; i++) {
      for (int j = 0; j < i; j++) {
        sum += Math.abs(dot(units[i], units[j]));
      }
    }

    return (float) ((float) factor * sum / pairs(units.length));
  }

  @Override
  public void addGradient(Shape shape, float[] weight, float[] gradient) {
    checkShape(shape);
    double[][] units = vectors(shape, weight);
    double[] inverseNorms = normalize(units);
    double scale = (float) factor / pairs(units.length);
    for (int i = 0; i < units.length; i++) {
      if (dot(units[i], units[i]) == 0.0) {
        continue;
      }

      double[] toUnit = new double[units[i].length];
      for (int j = 0; j < units.length; j++) {
        if (j != i) {
          addScaled(toUnit, dot(units[i], units[j]) >= 0.0 ? 1.0 : -1.0, units[j]);
        }
      }

      // The normalization passes on only what is across the unit, where it is no constant factor.
      if (inverseNorms[i] < 1.0 / EPSILON) {
        addScaled(toUnit, -dot(toUnit, units[i]), units[i]);
      }

      for (int k = 0; k < toUnit.length; k++) {
        gradient[index(shape, i, k)] += (float) (scale * inverseNorms[i] * toUnit[k]);
      }
    }
  }

  private double[][] vectors(Shape shape, float[] weight) {
    boolean rows = mode.equals("rows");
    double[][] vectors = new double[shape.dim(rows ? 0 : 1)][shape.dim(rows ? 1 : 0)];
    for (int i = 0; i < vectors.length; i++) {
      for (int k = 0; k < vectors[i].length; k++) {
        vectors[i][k] = weight[index(shape, i, k)];
      }
    }

    return vectors;
  }

  private int index(Shape shape, int vector, int component) {
    return mode.equals("rows")
        ? vector * shape.dim(1) + component
        : component * shape.dim(1) + vector;
  }

  private static double[] normalize(double[][] vectors) {
    double[] inverseNorms = new double[vectors.length];
    for (int i = 0; i < vectors.length; i++) {
      double[] vector = vectors[i];
      inverseNorms[i] = Math.min(1.0 / Math.sqrt(dot(vector, vector)), 1.0 / EPSILON);
      for (int k = 0; k < vector.length; k++) {
        vector[k] *= inverseNorms[i];
      }
    }

    return inverseNorms;
  }

  private static double pairs(int count) {
    return count * (count - 1.0) / 2.0;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0.0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }

    return sum;
  }

  private static void addScaled(double[] target, double factor, double[] source) {
    for (int k = 0; k < target.length; k++) {
      target[k] += factor * source[k];
    }
  }

  /** Returns the config. Keras holds the factor, and so writes it, as a float32. */
  @Override
  public Config getConfig() {
    return Config.builder().put("factor", (float) factor).put("mode", mode).build();
  }
}
