package io.firesteel.initializers;

import io.firesteel.saving.KerasSerializable;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;

/** The start values of a variable. */
public abstract class Initializer implements KerasSerializable {

  /**
   * Returns the start values of a variable, row-major.
   *
   * @param shape the variable's shape
   * @param random the random numbers to use, unless the initializer has a seed of its own
   */
  public abstract float[] call(Shape shape, RandomStream random);
}
