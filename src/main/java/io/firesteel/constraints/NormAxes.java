package io.firesteel.constraints;

import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The axes along which a constraint takes Euclidean norms: all weights that differ in these axes
 * alone have one norm together.
 */
final class NormAxes {

  /** What Keras adds to a norm before it divides by it. */
  static final float EPSILON = 1e-7f;

  private final String owner;
  private final List<Integer> axes;
  private final boolean single;

  private NormAxes(String owner, List<Integer> axes, boolean single) {
    this.owner = owner;
    this.axes = axes;
    this.single = single;
  }

  static NormAxes of(String owner, int... axes) {
    List<Integer> list = new ArrayList<>();
    for (int axis : axes) {
      list.add(axis);
    }

    return new NormAxes(owner, List.copyOf(list), axes.length == 1);
  }

  static NormAxes read(String owner, ConfigReader reader) {
    if (!(reader.any("axis") instanceof List<?> items)) {
      return of(owner, reader.int32("axis", 0));
    }

    List<Integer> axes = new ArrayList<>();
    for (Object item : items) {
      if (!(item instanceof Long axis) || axis != axis.intValue()) {
        throw reader.invalid("axis", "an integer or a list of integers");
      }

      axes.add(axis.intValue());
    }

    return new NormAxes(owner, List.copyOf(axes), false);
  }

  /** The value of {@code axis} in a config. */
  Object config() {
    return single ? axes.get(0) : axes;
  }

  void check(Shape shape) {
    for (int axis : axes) {
      if (axis < -shape.rank() || axis >= shape.rank()) {
        throw new IllegalArgumentException(
            "%s: 'axis' must be within -%d to %d for a weight of shape %s. Received: %s"
                .formatted(owner, shape.rank(), shape.rank() - 1, shape, config()));
      }
    }
  }

  /** Returns for each weight the norm that it belongs to. */
  float[] norms(Shape shape, float[] weight) {
    check(shape);
    int[] group = groups(shape);
    double[] squares = new double[weight.length];
    for (int i = 0; i < weight.length; i++) {
      squares[group[i]] += (double) weight[i] * weight[i];
    }

    float[] norms = new float[weight.length];
    for (int i = 0; i < weight.length; i++) {
      norms[i] = (float) Math.sqrt(squares[group[i]]);
    }

    return norms;
  }

  /** Returns for each weight the index of the first weight of its norm. */
  private int[] groups(Shape shape) {
    int[] group = new int[shape.size()];
    int stride = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      if (!reduced(axis, shape.rank())) {
        for (int i = 0; i < group.length; i++) {
          group[i] += i / stride % shape.dim(axis) * stride;
        }
      }

      stride *= shape.dim(axis);
    }

    return group;
  }

  private boolean reduced(int axis, int rank) {
    return axes.contains(axis) || axes.contains(axis - rank);
  }
}
