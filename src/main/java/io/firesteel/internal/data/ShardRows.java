package io.firesteel.internal.data;

/** The values of a shard's rows, wherever they are held; a row is laid out by {@link RowLayout}. */
public interface ShardRows {

  /**
   * Copies some of the values of one row that all rows have.
   *
   * @param row the row
   * @param first the first value of the row
   * @param count how many values
   * @param to where they go in {@code target}
   */
  void copy(int row, int first, int count, float[] target, int to);

  /** Adds the entries of one row's sparse features to others; none where rows have no such. */
  default void addEntries(int row, SparseRows target) {
    target.addRow(0);
  }
}
