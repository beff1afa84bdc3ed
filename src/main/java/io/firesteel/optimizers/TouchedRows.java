package io.firesteel.optimizers;

import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.RowSparse;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import java.util.Arrays;

/**
 * The row-sparse gradients of one variable as dense ones, one after the other, in an array that is
 * kept; and which of its rows each touches. The array holds what {@link RowSparse#toDense} gives.
 */
final class TouchedRows {

  private final Tensor dense;
  private final long[] marks;
  private final double[] lanes = new double[9];
  private int[] starts = new int[16];
  private int[] ends = new int[16];
  private int runs;
  private boolean whole;

  TouchedRows(Shape shape) {
    this.dense = Tensor.zeros(shape);
    this.marks = new long[(shape.dim(0) + Long.SIZE - 1) / Long.SIZE];
  }

  /** Takes a gradient in place of the last one, which must have been cleared. */
  Tensor take(RowSparse gradient) {
    int[] rows = gradient.rows();
    if (gradient.isAscending()) {
      for (int k = 0; k < rows.length; k++) {
        gradient.copyRow(k, dense.values());
        add(rows[k], gradient.rowSize());
      }

      return dense;
    }

    for (int k = 0; k < rows.length; k++) {
      if ((marks[rows[k] / Long.SIZE] & 1L << rows[k]) == 0) {
        marks[rows[k] / Long.SIZE] |= 1L << rows[k];
        gradient.copyRow(k, dense.values());
      } else {
        gradient.addRow(k, dense.values());
      }
    }

    takeRuns(gradient.rowSize());
    return dense;
  }

  /** Makes runs of neighbouring rows from the marks, and takes these off. */
  private void takeRuns(int rowSize) {
    for (int i = 0; i < marks.length; i++) {
      for (long left = marks[i]; left != 0; left &= left - 1) {
        add(i * Long.SIZE + Long.numberOfTrailingZeros(left), rowSize);
      }

      marks[i] = 0;
    }
  }

  private void add(int row, int rowSize) {
    int start = row * rowSize;
    if (runs > 0 && ends[runs - 1] == start) {
      ends[runs - 1] = start + rowSize;
      return;
    }

    if (runs == starts.length) {
      starts = Arrays.copyOf(starts, 2 * runs);
      ends = Arrays.copyOf(ends, 2 * runs);
    }

    starts[runs] = start;
    ends[runs++] = start + rowSize;
  }

  /** Makes the gradient count as one of all rows. */
  void touchAll() {
    whole = true;
  }

  /** Tells whether the gradient counts as one of all rows. */
  boolean isWhole() {
    return whole;
  }

  /** Adds the touched elements to those of a plan. */
  void addTo(StepPlan plan, int pair) {
    for (int run = 0; run < runs; run++) {
      plan.add(pair, starts[run], ends[run]);
    }
  }

  /**
   * The sum of the squares, with the bits of {@link FloatOps#sumOfSquares(float[])}, to which zeros
   * add nothing.
   */
  double sumOfSquares() {
    double sum = 0;
    int chunk = 0;
    float[] x = dense.values();
    int rest = x.length - x.length % 8;
    for (int run = 0; run < runs; run++) {
      for (int i = starts[run]; i < ends[run]; i++) {
        if (i / FloatOps.SUM_CHUNK != chunk) {
          sum += sumOfLanes();
          chunk = i / FloatOps.SUM_CHUNK;
        }

        lanes[i < rest ? i % 8 : 8] += x[i] * x[i];
      }
    }

    return sum + sumOfLanes();
  }

  private double sumOfLanes() {
    double low = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    double high = (lanes[4] + lanes[5]) + (lanes[6] + lanes[7]);
    double sum = low + high + lanes[8];
    Arrays.fill(lanes, 0);
    return sum;
  }

  /** Makes the array zero again. */
  void clear() {
    if (whole) {
      Arrays.fill(dense.values(), 0);
    } else {
      for (int run = 0; run < runs; run++) {
        Arrays.fill(dense.values(), starts[run], ends[run], 0);
      }
    }

    runs = 0;
    whole = false;
  }
}
