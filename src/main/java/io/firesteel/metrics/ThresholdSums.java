package io.firesteel.metrics;

import java.util.Arrays;

/**
 * The weights of labels, positive and negative ones apart, by the number of thresholds that their
 * predictions lie above. From these sums follow the four counts of each threshold, and they add up
 * over any split of the samples.
 *
 * <p>A label counts as positive unless it is 0. Where thresholds are evenly spaced, the number is
 * {@code ceil(p (n - 1))} in float32, as Keras finds it.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/metrics_utils.py.
 */
final class ThresholdSums {

  private static final double EPSILON = 1e-7;

  private final float[] thresholds;
  private final boolean even;
  private final int least;

  private ThresholdSums(float[] thresholds, boolean even, int least) {
    this.thresholds = thresholds;
    this.even = even;
    this.least = least;
  }

  /** Returns sums for thresholds in rising order. */
  static ThresholdSums of(double... thresholds) {
    return new ThresholdSums(narrow(thresholds), false, 0);
  }

  /** Returns sums for so many thresholds from 0 to 1, evenly spaced; 0.5 if it is one. */
  static ThresholdSums evenly(int count) {
    return count == 1 ? of(0.5) : new ThresholdSums(narrow(spaced(count)), true, 0);
  }

  /** Returns sums for thresholds between 0 and 1, and one just below 0 and one just above 1. */
  static ThresholdSums padded(double[] inner) {
    double[] all = new double[inner.length + 2];
    System.arraycopy(inner, 0, all, 1, inner.length);
    all[all.length - 1] = 1.0;
    boolean even = areSpaced(all);
    all[0] = -EPSILON;
    all[all.length - 1] = 1.0 + EPSILON;
    return new ThresholdSums(narrow(all), even, even ? 1 : 0);
  }

  /** Returns so many numbers from 0 to 1, evenly spaced. */
  static double[] spaced(int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = (double) i / (count - 1);
    }

    return values;
  }

  private static boolean areSpaced(double[] values) {
    double[] even = spaced(values.length);
    for (int i = 0; i < values.length; i++) {
      if (Math.abs(values[i] - even[i]) > EPSILON + 1e-5 * even[i]) {
        return false;
      }
    }

    return values.length > 2;
  }

  private static float[] narrow(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }

    return narrow;
  }

  /** Returns the number of thresholds. */
  int thresholds() {
    return thresholds.length;
  }

  /** Returns the number of sums. */
  int size() {
    return 2 * (thresholds.length + 1);
  }

  /** Adds a label with its prediction. */
  void add(float label, float prediction, double weight, double[] state, int offset) {
    int above = Float.isNaN(prediction) ? 0 : even ? bucket(prediction) : search(prediction);
    state[offset + above + (label == 0f ? thresholds.length + 1 : 0)] += weight;
  }

  private int bucket(float prediction) {
    float inside = Math.min(Math.max(prediction, 0f), 1f);
    return Math.max((int) Math.ceil(inside * (thresholds.length - 1)), least);
  }

  private int search(float prediction) {
    int above = 0;
    while (above < thresholds.length && prediction > thresholds[above]) {
      above++;
    }

    return above;
  }

  /** Returns the four counts of each threshold. */
  Confusion confusion(double[] state, int offset) {
    int n = thresholds.length;
    double[] positives = Arrays.copyOfRange(state, offset, offset + n + 1);
    double[] negatives = Arrays.copyOfRange(state, offset + n + 1, offset + size());
    return new Confusion(from(positives), from(negatives), upTo(negatives), upTo(positives));
  }

  /** Returns for each threshold the sum over what lies above it. */
  private static double[] from(double[] sums) {
    double[] above = new double[sums.length - 1];
    double sum = 0.0;
    for (int i = above.length - 1; i >= 0; i--) {
      sum += sums[i + 1];
      above[i] = sum;
    }

    return above;
  }

  /** Returns for each threshold the sum over what does not lie above it. */
  private static double[] upTo(double[] sums) {
    double[] below = new double[sums.length - 1];
    double sum = 0.0;
    for (int i = 0; i < below.length; i++) {
      sum += sums[i];
      below[i] = sum;
    }

    return below;
  }
}
