package io.firesteel.layers;

import io.firesteel.tensor.Shape;

/**
 * A row of one shape seen as vectors along some axes, which need not be adjacent.
 *
 * @param row the shape
 * @param starts where the vectors begin, in the order of the row
 * @param offsets how far the values of a vector lie behind its start, in the order of the row
 */
record AxisVectors(Shape row, int[] starts, int[] offsets) {

  static AxisVectors of(Shape row, int[] axes) {
    boolean[] along = new boolean[row.rank()];
    for (int axis : axes) {
      along[axis] = true;
    }

    return new AxisVectors(row, places(row, along, false), places(row, along, true));
  }

  /** Returns the places of the values at the start of all axes but those that count. */
  private static int[] places(Shape row, boolean[] along, boolean counted) {
    int[] places = {0};
    for (int axis = 0; axis < row.rank(); axis++) {
      if (along[axis] == counted) {
        places = next(places, row.dim(axis), step(row, axis));
      }
    }

    return places;
  }

  private static int step(Shape row, int axis) {
    int step = 1;
    for (int i = axis + 1; i < row.rank(); i++) {
      step *= row.dim(i);
    }

    return step;
  }

  private static int[] next(int[] places, int extent, int step) {
    int[] next = new int[places.length * extent];
    for (int i = 0; i < next.length; i++) {
      next[i] = places[i / extent] + i % extent * step;
    }

    return next;
  }

  /** Returns the number of vectors of a batch. */
  int vectors(int rows) {
    return rows * starts.length;
  }

  /** Returns where a vector of a batch begins. */
  int start(int vector) {
    return vector / starts.length * row.size() + starts[vector % starts.length];
  }

  int length() {
    return offsets.length;
  }
}
