package io.firesteel.optimizers;

import io.firesteel.tensor.FloatOps;

/**
 * The sums of the squares of a step's gradients, or of its variables: for norms. Each is taken in
 * {@link FloatOps}'s chunks, which threads may share, and put together in their order, so that
 * threads change no bit.
 */
public final class SquareSums {

  @FunctionalInterface
  private interface Source {
    float[] values(StepPlan step, int pair);
  }

  private final Source source;
  private final StepPlan.Part part = this::takeChunks;
  private int[] firsts = {};
  private double[] sums = {};

  private SquareSums(Source source) {
    this.source = source;
  }

  /** Returns sums of the squares of gradients. */
  public static SquareSums ofGradients() {
    return new SquareSums((step, pair) -> step.gradient(pair).values());
  }

  /** Returns sums of the squares of variables, in runs that visit all rows. */
  public static SquareSums ofVariables() {
    return new SquareSums((step, pair) -> step.variable(pair).values());
  }

  /** Takes the sums in the plan's next run, which must visit all rows. */
  public void join(StepPlan step) {
    reserve(step);
    step.then(part);
  }

  /** Takes the sums, after a run of what is planned. */
  public void take(StepPlan step) {
    join(step);
    step.run();
    for (int i = 0; i < step.size(); i++) {
      StepGradients.TouchedRows rows = step.touched(i);
      if (rows != null) {
        sums[firsts[i]] = rows.sumOfSquares();
      }
    }
  }

  private void reserve(StepPlan step) {
    if (firsts.length <= step.size()) {
      firsts = new int[step.size() + 1];
    }

    for (int i = 0; i < step.size(); i++) {
      int length = step.touched(i) == null ? step.gradient(i).values().length : 1;
      firsts[i + 1] = firsts[i] + (length + FloatOps.SUM_CHUNK - 1) / FloatOps.SUM_CHUNK;
    }

    sums = sums.length < firsts[step.size()] ? new double[firsts[step.size()]] : sums;
  }

  private void takeChunks(StepPlan step, int pair, int from, int to) {
    if (step.touched(pair) != null) {
      return;
    }

    float[] values = source.values(step, pair);
    for (int start = from; start < to; start += FloatOps.SUM_CHUNK) {
      sums[firsts[pair] + start / FloatOps.SUM_CHUNK] =
          FloatOps.sumOfSquares(values, start, Math.min(start + FloatOps.SUM_CHUNK, to));
    }
  }

  /** Returns the sum of a pair, in float32. */
  public float sum(int pair) {
    double sum = 0;
    for (int chunk = firsts[pair]; chunk < firsts[pair + 1]; chunk++) {
      sum += sums[chunk];
    }

    return (float) sum;
  }
}
