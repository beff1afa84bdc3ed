package io.firesteel.optimizers.schedules;

import io.firesteel.saving.KerasSerializable;

/**
 * A learning rate as a pure function of the step: the number of {@code applyGradients} calls
 * completed so far, 0 for the first.
 */
public abstract class LearningRateSchedule implements KerasSerializable {

  /** Returns the learning rate of a step, rounded to float32 where Keras rounds. */
  public abstract float call(long step);
}
