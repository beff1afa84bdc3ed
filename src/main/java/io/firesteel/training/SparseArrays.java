package io.firesteel.training;

import java.util.Arrays;

/** Checks sparse rows that come as arrays and lays out their entries. */
final class SparseArrays {

  private SparseArrays() {}

  /**
   * Returns the entries of a row as {@link io.firesteel.internal.data.RowLayout} lays them out,
   * without those of +0.0.
   */
  static float[] entries(int row, int width, int[] indices, float[] values) {
    if (indices.length != values.length) {
      throw new IllegalArgumentException(
          "A row must have as many values as indices. Received: %d indices and %d values in row %d"
              .formatted(indices.length, values.length, row));
    }

    RowArrays.requireValues("values", row, values, values.length);
    float[] entries = new float[2 * indices.length];
    int count = 0;
    int last = -1;
    for (int k = 0; k < indices.length; k++) {
      requireIndex(row, width, last, indices[k]);
      last = indices[k];
      if (Float.floatToRawIntBits(values[k]) != 0) {
        entries[count] = values[k];
        entries[indices.length + count++] = Float.intBitsToFloat(last);
      }
    }

    System.arraycopy(entries, indices.length, entries, count, count);
    return Arrays.copyOf(entries, 2 * count);
  }

  private static void requireIndex(int row, int width, int last, int index) {
    if (index <= last || index >= width) {
      throw new IllegalArgumentException(
          "The indices of a row must be ascending, from 0 to %d. Received: %d in row %d%s"
              .formatted(width - 1, index, row, last < 0 ? "" : " after " + last));
    }
  }
}
