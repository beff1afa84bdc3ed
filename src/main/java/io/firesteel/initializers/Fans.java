package io.firesteel.initializers;

import io.firesteel.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of input and output units of a weight (Keras 3.15, {@code compute_fans} in
 * keras/src/initializers/random_initializers.py).
 *
 * @param in the number of input units
 * @param out the number of output units
 */
record Fans(long in, long out) {

  /** The axes count only if both are given; else a convolution kernel's layout is assumed. */
  static Fans of(
      Shape shape, @Nullable List<Integer> inputAxes, @Nullable List<Integer> outputAxes) {
    if (inputAxes != null && outputAxes != null) {
      return new Fans(product(shape, inputAxes), product(shape, outputAxes));
    }

    if (shape.rank() == 0) {
      return new Fans(1, 1);
    }

    if (shape.rank() == 1) {
      return new Fans(shape.dim(0), shape.dim(0));
    }

    long field = 1;
    for (int axis = 0; axis < shape.rank() - 2; axis++) {
      field *= shape.dim(axis);
    }

    return new Fans(shape.dim(-2) * field, shape.dim(-1) * field);
  }

  private static long product(Shape shape, List<Integer> axes) {
    long product = 1;
    for (int axis : axes) {
      if (axis < -shape.rank() || axis >= shape.rank()) {
        throw new IllegalArgumentException(
            "The axis %d of an initializer is outside the shape %s".formatted(axis, shape));
      }

      product *= shape.dim(axis);
    }

    return product;
  }
}
