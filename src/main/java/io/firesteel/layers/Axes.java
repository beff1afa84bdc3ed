package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The axes that a layer works along, as Keras counts them: 0 is the batch, negative ones count from
 * the end.
 *
 * @param values the axes, one at least
 * @param single whether they were given as one number rather than a list
 */
record Axes(List<Integer> values, boolean single) {

  private static final String ALLOWED = "an integer or a list of integers";

  static Axes of(int axis) {
    return new Axes(List.of(axis), true);
  }

  static Axes of(String layer, List<Integer> values) {
    Argument.require(layer, "axis", values, !values.isEmpty(), ALLOWED);

    return new Axes(List.copyOf(values), false);
  }

  /** Reads {@code axis}, -1 if it is absent. */
  static Axes read(String layer, ConfigReader reader) {
    if (!reader.seen("axis")) {
      return of(-1);
    }

    Object given = reader.any("axis");
    List<Integer> axes = new ArrayList<>();
    for (Object item : given instanceof List<?> list ? list : List.of(reader.integer("axis"))) {
      if (!(item instanceof Long axis) || axis != axis.intValue()) {
        throw reader.invalid("axis", ALLOWED);
      }

      axes.add(axis.intValue());
    }

    return given instanceof List<?> ? of(layer, axes) : new Axes(axes, true);
  }

  /**
   * Returns a row as a block around the axes.
   *
   * @throws IllegalArgumentException if an axis is outside the row, or they are not adjacent
   */
  AxisBlock block(String layer, Shape row) {
    int[] sorted = indices(layer, row);
    int first = sorted[0];
    int last = sorted[sorted.length - 1];
    if (last - first + 1 != sorted.length) {
      throw new IllegalArgumentException(
          "%s: several axes must be adjacent and different. Received: axis=%s"
              .formatted(layer, values));
    }

    return new AxisBlock(
        product(row, 0, first), product(row, first, last + 1), product(row, last + 1, row.rank()));
  }

  /**
   * Returns a row as vectors along the axes.
   *
   * @throws IllegalArgumentException if an axis is outside the row, or one is named twice
   */
  AxisVectors vectors(String layer, Shape row) {
    return AxisVectors.of(row, indices(layer, row));
  }

  /** Returns the extents of the axes, in the order of the row. */
  Shape extents(String layer, Shape row) {
    int[] extents = indices(layer, row);
    for (int i = 0; i < extents.length; i++) {
      extents[i] = row.dim(extents[i]);
    }

    return Shape.of(extents);
  }

  /** Returns the axes as indices of the row, in ascending order. */
  int[] indices(String layer, Shape row) {
    int rank = row.rank() + 1;
    TreeSet<Integer> found = new TreeSet<>();
    for (int axis : values) {
      int index = axis < 0 ? axis + rank : axis;
      if (index < 1 || index >= rank) {
        throw new IllegalArgumentException(
            "%s: 'axis' is outside rows of shape %s (0 is the batch, -1 the last axis). Received: %d"
                .formatted(layer, row, axis));
      }

      if (!found.add(index - 1)) {
        throw new IllegalArgumentException(
            "%s: several axes must be adjacent and different. Received: axis=%s"
                .formatted(layer, values));
      }
    }

    return found.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int product(Shape row, int from, int to) {
    int product = 1;
    for (int axis = from; axis < to; axis++) {
      product *= row.dim(axis);
    }

    return product;
  }

  /** Returns what stands in a config: a number or a list, as it was given. */
  Object toConfig() {
    return single ? values.get(0) : values;
  }
}
