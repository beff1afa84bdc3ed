package io.firesteel.constraints;

import io.firesteel.saving.KerasSerializable;
import io.firesteel.tensor.Shape;

/** A projection that a weight passes through after each update. */
public abstract class Constraint implements KerasSerializable {

  /**
   * Projects a weight in place.
   *
   * @param shape the weight's shape
   * @param weight its values, row-major
   */
  public abstract void call(Shape shape, float[] weight);

  /**
   * Checks that the constraint suits a weight, before there are values.
   *
   * @throws IllegalArgumentException if it does not, saying which shapes it takes
   */
  public void checkShape(Shape shape) {}
}
