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
   * Called before the first gradient is announced. The totals are as the worker will return them,
   * each gradient is so once it was {@link #finished}, and all else in the end.
   *
   * @param sums the worker's arrays
   */
  void begin(PartialSums sums);
}
