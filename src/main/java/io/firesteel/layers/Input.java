package io.firesteel.layers;

/** Where a model begins, as Keras writes it: {@code Input.of(28, 28)}. */
public final class Input {

  private Input() {}

  /**
   * Returns the input layer for rows of that shape, without the batch.
   *
   * @throws IllegalArgumentException if an extent is below 1
   */
  public static InputLayer of(int... shape) {
    return InputLayer.of(shape);
  }
}
