package io.firesteel.layers;

/**
 * A row seen as outer x length x inner values, with the axes that a layer works along in the
 * middle. A vector of a batch is what lies along them.
 *
 * @param outer the product of the extents before the axes
 * @param length the product of the extents of the axes
 * @param inner the product of the extents behind them
 */
record AxisBlock(int outer, int length, int inner) {

  /** Returns the number of vectors of a batch. */
  int vectors(int rows) {
    return rows * outer * inner;
  }

  /** Returns where a vector begins; its values are {@link #inner} apart. */
  int start(int vector) {
    return vector / inner * (length * inner) + vector % inner;
  }
}
