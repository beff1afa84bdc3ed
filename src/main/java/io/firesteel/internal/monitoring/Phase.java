package io.firesteel.internal.monitoring;

/** What the time of a training goes into, in the order in which a step comes to it. */
public enum Phase {
  /** Sending variables and orders to the workers. */
  PUBLISH,
  /** Taking the rows of the batch from the shards, as the slowest worker does. */
  READ,
  /** Gradients, as the slowest worker computes them. */
  COMPUTE,
  /** The rest of the time until the workers' sums are there: messages, scheduling. */
  WAIT,
  /** Adding the workers' sums. */
  REDUCE,
  /** The optimizer's step, with the regularizers. */
  UPDATE,
  /** Callbacks. */
  CALLBACKS,
  /** Capturing checkpoints, and waiting for the one before; they are written meanwhile. */
  CHECKPOINT,
  /** Evaluating the validation data. */
  VALIDATION
}
