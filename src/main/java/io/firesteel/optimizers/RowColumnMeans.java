package io.firesteel.optimizers;

import io.firesteel.tensor.FloatOps;
import io.firesteel.variables.Variable;
import java.util.Arrays;

/**
 * Moving means r of the rows and c of the columns of a variable's matrices, which stand for all of
 * its elements:
 *
 * <pre>
 * r = b * r + (1 - b) * mean(q over columns)
 * c = b * c + (1 - b) * mean(q over rows)
 * v = r / mean(r) * c
 * </pre>
 */
final class RowColumnMeans {

  /* Dividing a tensor by a number is multiplying by its rounded inverse, as XLA does it. */
  private final float[] rowMeans;
  private final float[] columnMeans;
  private final int rows;
  private final int columns;
  private final double[] columnSums;
  private final float[] inverses;

  /**
   * Keeps the means in two variables, of the shapes that remain without a matrix's columns or rows.
   */
  RowColumnMeans(Variable rowMeans, Variable columnMeans) {
    this.rowMeans = rowMeans.values();
    this.columnMeans = columnMeans.values();
    this.rows = rowMeans.shape().dim(-1);
    this.columns = columnMeans.shape().dim(-1);
    this.columnSums = new double[columns];
    this.inverses = new float[rows == 0 ? 0 : this.rowMeans.length / rows];
  }

  /** Updates the means. */
  void update(float[] q, float keep) {
    for (int matrix = 0; matrix < inverses.length; matrix++) {
      update(q, keep, matrix);
    }
  }

  private void update(float[] q, float keep, int matrix) {
    float take = 1 - keep;
    double sum = 0;
    Arrays.fill(columnSums, 0);
    for (int row = matrix * rows; row < (matrix + 1) * rows; row++) {
      double rowSum = FloatOps.sum(q, row * columns, (row + 1) * columns);
      rowMeans[row] = keep * rowMeans[row] + take * ((float) rowSum * (1 / (float) columns));
      sum += rowMeans[row];
      addRow(columnSums, q, row * columns);
    }

    for (int k = 0; k < columns; k++) {
      int column = matrix * columns + k;
      float mean = (float) columnSums[k] * (1 / (float) rows);
      columnMeans[column] = keep * columnMeans[column] + take * mean;
    }

    inverses[matrix] = 1 / ((float) sum * (1 / (float) rows));
  }

  private static void addRow(double[] sums, float[] q, int start) {
    for (int k = 0; k < sums.length; k++) {
      sums[k] += q[start + k];
    }
  }

  /** Computes some elements of v. */
  void multiply(float[] v, int from, int to) {
    int end;
    for (int start = from; start < to; start = end) {
      int row = start / columns;
      int matrix = row / rows;
      end = Math.min(to, (row + 1) * columns);
      multiplyRow(v, start, end, rowMeans[row] * inverses[matrix], (matrix - row) * columns);
    }
  }

  private void multiplyRow(float[] v, int from, int to, float share, int shift) {
    for (int i = from; i < to; i++) {
      v[i] = share * columnMeans[i + shift];
    }
  }
}
