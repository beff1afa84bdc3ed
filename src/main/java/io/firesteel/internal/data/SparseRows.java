package io.firesteel.internal.data;

import java.util.Arrays;

/**
 * The entries of some sparse rows, one row after the other: where each row begins, and the index
 * and value of each entry, ascending and distinct within a row. What has no entry is +0.0. The
 * arrays may be longer than what counts.
 */
public final class SparseRows {

  private final int width;
  private int rows;
  private int[] starts = new int[1];
  private int[] indices = new int[0];
  private float[] values = new float[0];

  /**
   * Creates a buffer of no rows.
   *
   * @param width the number of values of a row, with those that are zero
   */
  public SparseRows(int width) {
    this.width = width;
  }

  /** Returns the number of values of a row, with those that are zero. */
  public int width() {
    return width;
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows;
  }

  /** Returns where the entries of each row begin, and behind the last row where they end. */
  public int[] starts() {
    return starts;
  }

  /** Returns the index of each entry. */
  public int[] indices() {
    return indices;
  }

  /** Returns the value of each entry. */
  public float[] values() {
    return values;
  }

  /** Forgets all rows. */
  public void clear() {
    rows = 0;
  }

  /**
   * Adds a row of so many entries, which are still to be written, and returns the first's place.
   */
  public int addRow(int entries) {
    int first = starts[rows];
    int end = Math.addExact(first, entries);
    if (rows + 2 > starts.length) {
      starts = Arrays.copyOf(starts, 2 * (rows + 2));
    }

    if (end > indices.length) {
      int capacity = (int) Math.min(Integer.MAX_VALUE - 8L, (long) end + (end >> 1) + 16L);
      indices = Arrays.copyOf(indices, capacity);
      values = Arrays.copyOf(values, capacity);
    }

    rows++;
    starts[rows] = end;
    return first;
  }

  /**
   * Adds a row whose entries are laid out as in {@link RowLayout}: values, then the bits of
   * indices.
   *
   * @param first the first value in {@code source}
   */
  public void addRow(float[] source, int first, int entries) {
    int to = addRow(entries);
    System.arraycopy(source, first, values, to, entries);
    for (int k = 0; k < entries; k++) {
      indices[to + k] = Float.floatToRawIntBits(source[first + entries + k]);
    }
  }
}
