package io.firesteel.optimizers;

import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.MatMul;

/**
 * Brings the singular values of a matrix near 1, by a polynomial of the matrix,
 *
 * <pre>
 * X = X / (|X| + 1e-7)
 * X = a * X + (b * A + c * A A) X   with  A = X X^T,  for a number of steps
 * </pre>
 *
 * <p>on the transposed matrix if it has more rows than columns. The workspace is kept from call to
 * call.
 */
final class NewtonSchulz {

  private final float a;
  private final float b;
  private final float c;
  private final int steps;
  private float[] x = {};
  private float[] product = {};
  private float[] gram = {};
  private float[] scaled = {};
  private float[] polynomial = {};

  NewtonSchulz(double a, double b, double c, int steps) {
    this.a = (float) a;
    this.b = (float) b;
    this.c = (float) c;
    this.steps = steps;
  }

  /** Replaces a row-major matrix by the result. */
  void apply(float[] matrix, int rows, int columns) {
    reserve(rows, columns);
    float inverse = 1 / (FloatOps.norm(matrix) + 1e-7f);
    if (rows > columns) {
      transpose(matrix, x, rows, columns, inverse);
      iterate(columns, rows);
      transpose(x, matrix, columns, rows, 1);
    } else {
      for (int i = 0; i < matrix.length; i++) {
        x[i] = matrix[i] * inverse;
      }

      iterate(rows, columns);
      System.arraycopy(x, 0, matrix, 0, matrix.length);
    }
  }

  private void reserve(int rows, int columns) {
    int size = rows * columns;
    if (x.length < size) {
      x = new float[size];
      product = new float[size];
    }

    int side = Math.min(rows, columns);
    if (gram.length < side * side) {
      gram = new float[side * side];
      scaled = new float[side * side];
      polynomial = new float[side * side];
    }
  }

  private static void transpose(
      float[] source, float[] target, int rows, int columns, float factor) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        target[column * rows + row] = source[row * columns + column] * factor;
      }
    }
  }

  private void iterate(int rows, int columns) {
    for (int step = 0; step < steps; step++) {
      MatMul.timesTransposed(x, x, gram, rows, columns, rows);
      for (int i = 0; i < rows * rows; i++) {
        scaled[i] = c * gram[i];
      }

      MatMul.multiply(scaled, gram, polynomial, rows, rows, rows);
      for (int i = 0; i < rows * rows; i++) {
        polynomial[i] = b * gram[i] + polynomial[i];
      }

      MatMul.multiply(polynomial, x, product, rows, rows, columns);
      for (int i = 0; i < rows * columns; i++) {
        x[i] = a * x[i] + product[i];
      }
    }
  }
}
