package io.firesteel.testing;

import io.firesteel.callbacks.Callback;
import java.util.Map;

/** Ends a run with an exception after a number of steps, before anything of the step is kept. */
public final class InterruptAfter extends Callback {

  /** What ends the run. */
  public static final class Interruption extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private long remaining;

  /** Creates the callback. */
  public InterruptAfter(long steps) {
    this.remaining = steps;
  }

  @Override
  public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
    remaining--;
    if (remaining == 0) {
      throw new Interruption();
    }
  }
}
