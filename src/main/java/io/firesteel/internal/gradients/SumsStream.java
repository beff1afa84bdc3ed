package io.firesteel.internal.gradients;

import io.firesteel.internal.network.StepStream;

/** Takes the sums of a worker while they are computed, gradient by gradient. */
public interface SumsStream extends StepStream {

  /** Of variables that are all there, and sums that nobody wants before the end. */
  SumsStream NONE =
      new SumsStream() {
        @Override
        public void begin(PartialSums sums) {}

        @Override
        public void awaitVariables(int count) {}

        @Override
        public void finished(int gradient) {}
      };

  /**
   * Called before the first gradient is announced. Each gradient is as the worker will return it
   * once it was {@link #finished}; all else is so in the end.
   *
   * @param sums the worker's arrays
   */
  void begin(PartialSums sums);
}
