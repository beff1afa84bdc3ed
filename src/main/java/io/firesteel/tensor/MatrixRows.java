package io.firesteel.tensor;

/**
 * A copy of a matrix for products of one vector with it, by the JVM's own loops. Each row is an
 * array of its own: only so do the loops become SIMD instructions, without the Vector API too. The
 * sums are added in one order, whatever the BLAS. Any number of threads may call at once.
 */
public final class MatrixRows {

  private static final int TOGETHER = 4;

  private final float[][] rows;
  private final int columns;

  private MatrixRows(float[][] rows, int columns) {
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * Copies a matrix.
   *
   * @param matrix inner x columns values, row-major
   * @param inner the number of rows, at least 1
   * @throws IllegalArgumentException if the length is no multiple of {@code inner}
   */
  public static MatrixRows copyOf(float[] matrix, int inner) {
    if (inner < 1 || matrix.length % inner != 0) {
      throw new IllegalArgumentException(
          "A matrix of %d values does not have %d rows".formatted(matrix.length, inner));
    }

    int columns = matrix.length / inner;
    float[][] rows = new float[inner][columns];
    for (int i = 0; i < inner; i++) {
      System.arraycopy(matrix, i * columns, rows[i], 0, columns);
    }

    return new MatrixRows(rows, columns);
  }

  /**
   * Computes y += x w, with w this matrix, and allocates nothing.
   *
   * @param x a value for each row of the matrix; what follows is not read
   * @param y a value for each column; what follows is not touched
   * @throws IllegalArgumentException if an array is shorter
   */
  public void addProduct(float[] x, float[] y) {
    if (x.length < rows.length || y.length < columns) {
      throw new IllegalArgumentException(
          "A matrix of %d x %d does not go with vectors of %d and %d values"
              .formatted(rows.length, columns, x.length, y.length));
    }

    int i = 0;
    for (; i + TOGETHER <= rows.length; i += TOGETHER) {
      addFour(y, columns, x, i, rows);
    }

    for (; i < rows.length; i++) {
      addOne(y, columns, x[i], rows[i]);
    }
  }

  private static void addFour(float[] y, int columns, float[] x, int first, float[][] rows) {
    float f = x[first];
    float g = x[first + 1];
    float h = x[first + 2];
    float k = x[first + 3];
    float[] a = rows[first];
    float[] b = rows[first + 1];
    float[] c = rows[first + 2];
    float[] d = rows[first + 3];
    for (int j = 0; j < columns; j++) {
      y[j] += f * a[j] + g * b[j] + (h * c[j] + k * d[j]);
    }
  }

  private static void addOne(float[] y, int columns, float f, float[] a) {
    for (int j = 0; j < columns; j++) {
      y[j] += f * a[j];
    }
  }
}
