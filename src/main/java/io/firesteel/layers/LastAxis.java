package io.firesteel.layers;

import io.firesteel.tensor.Shape;

/** A batch seen as vectors along the last axis of its rows; a scalar row is a vector of one. */
final class LastAxis {

  private LastAxis() {}

  /** The length of a vector. */
  static int width(Shape row) {
    return row.rank() == 0 ? 1 : row.dim(-1);
  }

  /** The number of vectors in a batch. */
  static int vectors(Shape row, int rows) {
    int vectors = rows;
    for (int axis = 0; axis < row.rank() - 1; axis++) {
      vectors *= row.dim(axis);
    }

    return vectors;
  }
}
