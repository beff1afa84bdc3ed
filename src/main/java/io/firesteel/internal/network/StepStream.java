package io.firesteel.internal.network;

/**
 * What goes in and out beside the computation of a step: variables that arrive while it runs, and
 * gradients that may leave before it ends.
 */
public interface StepStream {

  /** Of variables that are all there, and gradients that nobody wants before the end. */
  StepStream NONE =
      new StepStream() {
        @Override
        public void awaitVariables(int count) {}

        @Override
        public void finished(int gradient) {}
      };

  /**
   * Returns once the first variables are there; called before a layer uses them.
   *
   * @param count the number of variables, from the first on
   */
  void awaitVariables(int count);

  /**
   * Called when the backward pass will not change a gradient any more. It is never called for sums
   * of rows, which are put in order in the end.
   *
   * @param gradient its index among {@link GradientSums#gradients}
   */
  void finished(int gradient);
}
