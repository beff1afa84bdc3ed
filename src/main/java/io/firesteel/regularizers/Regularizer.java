package io.firesteel.regularizers;

import io.firesteel.saving.KerasSerializable;
import io.firesteel.tensor.Shape;

/** A penalty on a weight, part of the loss. */
public abstract class Regularizer implements KerasSerializable {

  /** Returns the penalty of a weight. */
  public abstract float call(Shape shape, float[] weight);

  /** Adds the penalty's gradient with respect to the weight to {@code gradient}. */
  public abstract void addGradient(Shape shape, float[] weight, float[] gradient);

  /**
   * Checks that the regularizer suits a weight, before there are values.
   *
   * @throws IllegalArgumentException if it does not, saying which shapes it takes
   */
  public void checkShape(Shape shape) {}

  /**
   * Tells whether the penalty is a sum over single values, so that it can be computed for some rows
   * at a time: what the {@code activity_regularizer} of a layer must be.
   */
  public boolean isAdditive() {
    return false;
  }
}
