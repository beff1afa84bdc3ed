package io.firesteel.tensor;

/** A gradient of float32 values: of all elements of a tensor, or of some of its rows. */
public sealed interface Gradient permits Tensor, RowSparse {

  /** Returns the shape of what it is the gradient of. */
  Shape shape();

  /** Returns the values that it holds, not a copy. */
  float[] values();
}
