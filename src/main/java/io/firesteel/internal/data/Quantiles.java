package io.firesteel.internal.data;

import java.util.Arrays;

/**
 * Boundaries between ranges with about equal numbers of values, from some hundred of all sorted
 * values.
 *
 * <p>Source: Keras 3.15, keras/src/layers/preprocessing/discretization.py, {@code summarize} and
 * {@code compress_summary}, for data that comes at once. The numbers are those of NumPy: what it
 * holds in float32 is so here.
 *
 * @param values the number of values
 * @param epsilon the accuracy: the inverse of the number of values that are picked
 */
public record Quantiles(long values, double epsilon) {

  /**
   * Returns the quantiles of so many values.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static Quantiles of(long values, double epsilon) {
    if (values < 1) {
      throw new IllegalArgumentException("adapt: the data has no values");
    }

    return new Quantiles(values, epsilon);
  }

  private double step() {
    return Math.max(values / (1.0 / epsilon), 1);
  }

  /** Returns how many values are picked. */
  public int picked() {
    long first = (long) (step() - 1);
    long every = (long) step();
    return (int) ((values - first + every - 1) / every);
  }

  /** Returns the place among the sorted values of one that is picked. */
  public long place(int index) {
    return (long) (step() - 1) + index * (long) step();
  }

  /**
   * Returns the boundaries.
   *
   * @param picked the values that were picked, in order
   * @param bins the number of ranges
   */
  public float[] boundaries(float[] picked, int bins) {
    float[] weights = new float[picked.length];
    Arrays.fill(weights, (float) step());
    float[][] summary = compress(new float[][] {picked, weights}, epsilon);
    float[] ends = compress(summary, 1.0 / bins)[0];
    return Arrays.copyOf(ends, Math.max(0, ends.length - 1));
  }

  private static float[][] compress(float[][] summary, double epsilon) {
    int size = summary[0].length;
    if (size * epsilon < 1) {
      return summary;
    }

    float[] sums = new float[size];
    float sum = 0;
    for (int i = 0; i < size; i++) {
      sum += summary[1][i];
      sums[i] = sum;
    }

    float[] shares = new float[size];
    for (int i = 0; i < size; i++) {
      shares[i] = sums[i] / sum;
    }

    int count = (int) Math.ceil(1.0 / epsilon);
    float[][] result = new float[2][count];
    double before = 0;
    for (int i = 0; i < count; i++) {
      double percent = epsilon + i * epsilon;
      result[0][i] = (float) interpolate(percent, shares, summary[0]);
      double upTo = interpolate(percent, shares, sums);
      result[1][i] = (float) (upTo - before);
      before = upTo;
    }

    return result;
  }

  /** As {@code numpy.interp} does. */
  private static double interpolate(double at, float[] xs, float[] ys) {
    int last = xs.length - 1;
    if (at >= xs[last]) {
      return ys[last];
    }

    if (at < xs[0]) {
      return ys[0];
    }

    int place = 0;
    while (at >= xs[place + 1]) {
      place++;
    }

    double slope = ((double) ys[place + 1] - ys[place]) / ((double) xs[place + 1] - xs[place]);
    return slope * (at - xs[place]) + ys[place];
  }
}
