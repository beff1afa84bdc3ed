package io.firesteel.internal.monitoring;

/** How far a training is. */
public interface TrainingPosition {

  /** Returns the number of steps completed. */
  long step();

  /** Returns the epoch, from 0. */
  int epoch();

  /** Returns the number of batches of the epoch that were completed. */
  int batch();

  /** Returns the rows trained on, counted anew each epoch. */
  long rowsSeen();
}
