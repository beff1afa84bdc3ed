package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which places of a query see which of a value: those that differ along the attended axes alone.
 * The places of a row are taken apart into groups, one for each place along the other axes; within
 * a group the steps go through the attended axes in their order, the last one fastest.
 */
final class AttentionAxes {

  private final List<Integer> axes;
  private final int groups;
  private final Shape query;
  private final Shape value;
  private final int @Nullable [] queryPlaces;
  private final int @Nullable [] valuePlaces;

  private AttentionAxes(List<Integer> axes, Shape query, Shape value) {
    this.axes = axes;
    this.query = query;
    this.value = value;
    this.queryPlaces = isPlain() ? null : places(query);
    this.valuePlaces = isPlain() ? null : places(value);
    int others = 1;
    for (int axis : others()) {
      others *= query.dim(axis - 1);
    }

    this.groups = others;
  }

  /**
   * Returns the axes of a call.
   *
   * @param given the axes, of which the batch is 0; null for all but batch and features
   * @param query the shape of a row of the query
   * @param value the same of the value, which the key shares but for the features
   * @throws IllegalArgumentException if they do not fit
   */
  static AttentionAxes of(
      String layer, @Nullable List<Integer> given, Shape query, Shape value, Shape key) {
    if (query.rank() < 2 || value.rank() != query.rank() || key.rank() != query.rank()) {
      throw new IllegalArgumentException(
          "%s needs a query, a value and a key of as many dimensions, at least (steps, features). Received the shapes: %s, %s and %s"
              .formatted(layer, query, value, key));
    }

    List<Integer> axes = new ArrayList<>();
    for (int axis : given == null ? upTo(query.rank()) : given) {
      axes.add(axis < 0 ? axis + query.rank() + 1 : axis);
    }

    for (int axis : axes) {
      if (axis < 1 || axis >= query.rank()) {
        throw new IllegalArgumentException(
            "%s: 'attention_axes' must be axes of the inputs between batch and features, 1 to %d. Received: %s for a query of the shape %s"
                .formatted(layer, query.rank() - 1, axes, query));
      }
    }

    AttentionAxes found = new AttentionAxes(axes, query, value);
    for (int axis : found.others()) {
      if (query.dim(axis - 1) != value.dim(axis - 1)) {
        throw new IllegalArgumentException(
            "%s: along the axes apart from 'attention_axes', %s, the value must have the extents of the query. Received the shapes: %s and %s"
                .formatted(layer, axes, query, value));
      }
    }

    for (int axis = 0; axis < value.rank() - 1; axis++) {
      if (value.dim(axis) != key.dim(axis)) {
        throw new IllegalArgumentException(
            "%s needs a value and a key of as many steps. Received the shapes: %s and %s"
                .formatted(layer, value, key));
      }
    }

    return found;
  }

  private static List<Integer> upTo(int rank) {
    List<Integer> all = new ArrayList<>();
    for (int axis = 1; axis < rank; axis++) {
      all.add(axis);
    }

    return all;
  }

  /** Returns the axes along which is attended; the batch is axis 0. */
  List<Integer> axes() {
    return axes;
  }

  /** Returns the axes between batch and features along which is not attended. */
  List<Integer> others() {
    List<Integer> others = upTo(query.rank());
    others.removeAll(axes);
    return others;
  }

  /** Tells whether rows are sequences. */
  boolean isPlain() {
    return query.rank() == 2;
  }

  /** Returns the number of groups of a row. */
  int groups() {
    return groups;
  }

  /** Returns the number of steps of the query in each group. */
  int querySteps() {
    return query.size() / query.dim(-1) / groups;
  }

  /** Returns the number of steps of the value in each group. */
  int valueSteps() {
    return value.size() / value.dim(-1) / groups;
  }

  /** Returns where in a row the steps of the groups of the query are, or null for in order. */
  int @Nullable [] queryPlaces() {
    return queryPlaces;
  }

  /** Returns where in a row the steps of the groups of the value are, or null for in order. */
  int @Nullable [] valuePlaces() {
    return valuePlaces;
  }

  private int[] places(Shape row) {
    List<Integer> order = others();
    order.addAll(axes);
    int[] places = new int[row.size() / row.dim(-1)];
    for (int i = 0; i < places.length; i++) {
      int rest = i;
      for (int k = order.size() - 1; k >= 0; k--) {
        int axis = order.get(k) - 1;
        places[i] += rest % row.dim(axis) * stride(row, axis);
        rest /= row.dim(axis);
      }
    }

    return places;
  }

  private static int stride(Shape row, int axis) {
    int stride = 1;
    for (int later = axis + 1; later < row.rank() - 1; later++) {
      stride *= row.dim(later);
    }

    return stride;
  }

  /** Returns the shape of a row of the scores of so many heads. */
  Shape scores(int heads) {
    List<Integer> dims = new ArrayList<>();
    others().forEach(axis -> dims.add(query.dim(axis - 1)));
    dims.add(heads);
    seen().toList().forEach(dim -> dims.add(dim.intValue()));
    return Shape.of(dims);
  }

  /** Returns the shape of a mask that tells for all groups which steps see which. */
  Shape seen() {
    List<Integer> dims = new ArrayList<>();
    axes.forEach(axis -> dims.add(query.dim(axis - 1)));
    axes.forEach(axis -> dims.add(value.dim(axis - 1)));
    return Shape.of(dims);
  }

  /** Returns the shape of a mask that tells it for each group. */
  Shape seenOfGroups() {
    List<Integer> dims = new ArrayList<>();
    others().forEach(axis -> dims.add(query.dim(axis - 1)));
    seen().toList().forEach(dim -> dims.add(dim.intValue()));
    return Shape.of(dims);
  }

  /** Tells whether the masks of the inputs tell which steps count: those of the last axis do. */
  boolean takesMasks() {
    return axes.equals(List.of(query.rank() - 1));
  }

  /**
   * Tells whether the order of the steps is that of the first axis, which Keras has in mind where
   * no step sees a later one, or one that is far away.
   */
  boolean isOrdered() {
    int axis = axes.get(0) - 1;
    return axes.size() == 1 && query.dim(axis) == query.dim(0) && value.dim(axis) == value.dim(0);
  }
}
