package io.firesteel.tensor;

import java.util.Arrays;

/**
 * Some rows of a float32 tensor that is zero elsewhere, such as the gradient of an embedding. A row
 * is what lies under one index of the first dimension.
 *
 * <p>Rows can be in any order, and be there several times: they stand for their sum, added in the
 * order given. It does not copy: whoever made the arrays may share them.
 */
public final class RowSparse implements Gradient {

  private final Shape shape;
  private final int[] rows;
  private final float[] values;
  private final int rowSize;

  private RowSparse(Shape shape, int[] rows, float[] values, int rowSize) {
    this.shape = shape;
    this.rows = rows;
    this.values = values;
    this.rowSize = rowSize;
  }

  /**
   * Returns rows of a tensor around arrays, which are not copied.
   *
   * @param shape of the tensor
   * @param rows the indices of the rows
   * @param values of one row after the other, in the order of {@code rows}
   * @throws IllegalArgumentException if the shape is a scalar's, an index is out of range, or there
   *     are not as many values as the rows hold
   */
  public static RowSparse wrap(Shape shape, int[] rows, float[] values) {
    if (shape.rank() == 0) {
      throw new IllegalArgumentException("A scalar has no rows. Received the shape: ()");
    }

    for (int row : rows) {
      if (row < 0 || row >= shape.dim(0)) {
        throw new IllegalArgumentException(
            "A tensor of shape %s has the rows 0 to %d. Received the row: %d"
                .formatted(shape, shape.dim(0) - 1, row));
      }
    }

    int rowSize = rowSize(shape);
    if (values.length != (long) rows.length * rowSize) {
      throw new IllegalArgumentException(
          "%d rows of a tensor of shape %s hold %d values. Received: %d"
              .formatted(rows.length, shape, (long) rows.length * rowSize, values.length));
    }

    return new RowSparse(shape, rows, values, rowSize);
  }

  private static int rowSize(Shape shape) {
    int size = 1;
    for (int i = 1; i < shape.rank(); i++) {
      size *= shape.dim(i);
    }

    return size;
  }

  /** Returns the shape of the whole tensor. */
  @Override
  public Shape shape() {
    return shape;
  }

  /** Returns the indices of the rows themselves, not a copy. */
  public int[] rows() {
    return rows;
  }

  /** Returns the values of the rows themselves, one row after the other; not a copy. */
  @Override
  public float[] values() {
    return values;
  }

  /** Returns the number of values of a row. */
  public int rowSize() {
    return rowSize;
  }

  /** Returns the whole tensor, with +0.0 in the rows that are not there. */
  public Tensor toDense() {
    Tensor dense = Tensor.zeros(shape);
    RowSparse summed = sumDuplicates();
    for (int k = 0; k < summed.rows.length; k++) {
      summed.copyRow(k, dense.values());
    }

    return dense;
  }

  /** Copies the row at a position to its place in the values of a tensor of the same shape. */
  public void copyRow(int position, float[] dense) {
    System.arraycopy(values, position * rowSize, dense, rows[position] * rowSize, rowSize);
  }

  /** Adds the row at a position to its place in the values of a tensor of the same shape. */
  public void addRow(int position, float[] dense) {
    addRow(position, dense, rows[position]);
  }

  /**
   * Returns the same with each row once and in ascending order; this itself if it is so already.
   */
  public RowSparse sumDuplicates() {
    if (isAscending()) {
      return this;
    }

    long[] order = new long[rows.length];
    for (int k = 0; k < order.length; k++) {
      order[k] = (long) rows[k] << 32 | k;
    }

    Arrays.sort(order);
    int[] distinct = new int[rows.length];
    float[] sums = new float[values.length];
    int count = 0;
    for (long entry : order) {
      int row = (int) (entry >>> 32);
      if (count == 0 || distinct[count - 1] != row) {
        distinct[count++] = row;
        System.arraycopy(values, (int) entry * rowSize, sums, (count - 1) * rowSize, rowSize);
      } else {
        addRow((int) entry, sums, count - 1);
      }
    }

    return new RowSparse(
        shape, Arrays.copyOf(distinct, count), Arrays.copyOf(sums, count * rowSize), rowSize);
  }

  private void addRow(int k, float[] sums, int row) {
    for (int i = 0; i < rowSize; i++) {
      sums[row * rowSize + i] += values[k * rowSize + i];
    }
  }

  /** Tells whether each row is there once and they are in ascending order. */
  public boolean isAscending() {
    for (int k = 1; k < rows.length; k++) {
      if (rows[k] <= rows[k - 1]) {
        return false;
      }
    }

    return true;
  }

  @Override
  public String toString() {
    return "RowSparse" + shape + (rows.length <= 16 ? Arrays.toString(rows) : "");
  }
}
