package io.firesteel.internal.network;

import io.firesteel.losses.Loss;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The order in which the values of a row of an output make samples of a loss along other axes than
 * the last: sample after sample.
 */
final class SampleOrder {

  private final int width;
  private final int[] places;

  private SampleOrder(int width, int[] places) {
    this.width = width;
    this.places = places;
  }

  /**
   * Returns the order of a loss's samples, or null if they are the vectors along the last axis.
   *
   * @throws IllegalArgumentException if the output has no such axis, or one is there twice
   */
  static @Nullable SampleOrder of(Loss loss, String output, Shape shape) {
    int rank = shape.rank();
    TreeSet<Integer> axes = new TreeSet<>();
    for (int axis : loss.axes()) {
      int known = axis < 0 ? axis + rank : axis - 1;
      boolean scalar = rank == 0 && axis == -1;
      if (!scalar && (known < 0 || known >= rank || !axes.add(known))) {
        throw new IllegalArgumentException(
            "The loss %s: 'axis' must be axes of the output '%s', whose rows have the shape %s: from 1 to %d, or from %d to -1, each once. Received: %s"
                .formatted(loss.name(), output, shape, rank, -rank, loss.axes()));
      }
    }

    if (axes.isEmpty() || axes.equals(new TreeSet<>(List.of(rank - 1)))) {
      return null;
    }

    List<Integer> order = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      if (!axes.contains(axis)) {
        order.add(axis);
      }
    }

    order.addAll(axes);
    int width = 1;
    for (int axis : axes) {
      width *= shape.dim(axis);
    }

    return new SampleOrder(width, places(shape, order));
  }

  /** Returns where the values of the shape stand when its axes are put in an order. */
  private static int[] places(Shape shape, List<Integer> order) {
    int rank = shape.rank();
    int[] strides = new int[rank];
    int stride = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape.dim(axis);
    }

    int[] places = new int[shape.size()];
    for (int i = 0; i < places.length; i++) {
      int rest = i;
      for (int k = rank - 1; k >= 0; k--) {
        int axis = order.get(k);
        places[i] += rest % shape.dim(axis) * strides[axis];
        rest /= shape.dim(axis);
      }
    }

    return places;
  }

  /** Returns the number of values of a sample. */
  int width() {
    return width;
  }

  /** Returns the values of rows sample after sample. */
  float[] gather(float[] values, int rows) {
    int size = places.length;
    float[] gathered = new float[rows * size];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < size; i++) {
        gathered[row * size + i] = values[row * size + places[i]];
      }
    }

    return gathered;
  }

  /** Puts values that stand sample after sample back into the order of the output. */
  void scatter(float[] values, int rows, float[] to) {
    int size = places.length;
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < size; i++) {
        to[row * size + places[i]] = values[row * size + i];
      }
    }
  }
}
