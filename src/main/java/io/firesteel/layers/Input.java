package io.firesteel.layers;

/** Where a model begins, as Keras writes it: {@code Input.of(28, 28)}. */
public final class Input {

  private Input() {}

  /**
   * Returns the input layer for rows of that shape, without the batch.
   *
   * @param shape the extents; {@link InputLayer#OPEN}, -1, for one that the data decide
   * @throws IllegalArgumentException if another extent is below 1
   */
  public static InputLayer of(int... shape) {
    return InputLayer.of(shape);
  }

  /**
   * Returns the input layer for sparse rows of so many values, zeros included: Keras's {@code
   * Input((width,), sparse=True)}.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static InputLayer sparse(int width) {
    return InputLayer.ofSparse(width);
  }
}
