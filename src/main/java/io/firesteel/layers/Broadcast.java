package io.firesteel.layers;

import io.firesteel.tensor.Shape;

/** How rows of fewer values are repeated to the shape of others, as NumPy does it. */
final class Broadcast {

  private Broadcast() {}

  /** Returns the shape that rows of both shapes are repeated to. */
  static Shape of(String layer, Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      int left = dim(a, i - rank);
      int right = dim(b, i - rank);
      if (left != right && left != 1 && right != 1) {
        throw new IllegalArgumentException(
            "%s needs inputs whose extents are equal or 1. Received: %s and %s"
                .formatted(layer, a, b));
      }

      dims[i] = left == 1 ? right : left;
    }

    return Shape.of(dims);
  }

  /** Returns an extent counted from the last, 1 where there is none. */
  private static int dim(Shape shape, int fromLast) {
    return -fromLast > shape.rank() ? 1 : shape.dim(shape.rank() + fromLast);
  }

  /** Returns which value of a row of {@code input} stands at a place of a row of {@code output}. */
  static int index(Shape input, Shape output, int place) {
    int rest = place;
    int index = 0;
    int stride = 1;
    for (int i = -1; i >= -output.rank(); i--) {
      int extent = dim(output, i);
      int own = dim(input, i);
      index += own == 1 ? 0 : rest % extent * stride;
      stride *= own;
      rest /= extent;
    }

    return index;
  }
}
