package io.firesteel.tensor;

import java.util.Arrays;

/**
 * A dense float32 tensor in row-major order. It does not copy: whoever made the array may share it.
 */
public final class Tensor implements Gradient {

  private final Shape shape;
  private final float[] values;

  private Tensor(Shape shape, float[] values) {
    this.shape = shape;
    this.values = values;
  }

  /**
   * Returns a tensor around an array, which is not copied.
   *
   * @throws IllegalArgumentException if the array's length is not the shape's size
   */
  public static Tensor wrap(Shape shape, float[] values) {
    if (values.length != shape.size()) {
      throw new IllegalArgumentException(
          "A tensor of shape %s holds %d values. Received: %d"
              .formatted(shape, shape.size(), values.length));
    }

    return new Tensor(shape, values);
  }

  /** Returns a vector around its values, which are not copied. */
  public static Tensor of(float... values) {
    return new Tensor(Shape.of(values.length), values);
  }

  /** Returns a tensor of zeros. */
  public static Tensor zeros(Shape shape) {
    return new Tensor(shape, new float[shape.size()]);
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public float[] values() {
    return values;
  }

  /** Returns a tensor of the same shape with a copy of the values. */
  public Tensor copy() {
    return new Tensor(shape, values.clone());
  }

  @Override
  public String toString() {
    return "Tensor" + shape + (values.length <= 16 ? Arrays.toString(values) : "");
  }
}
