package io.firesteel.metrics;

import io.firesteel.saving.ConfigReader;

/**
 * A weighted mean over samples: the sum of weighted values over the sum of weights.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/reduction_metrics.py. Differs from Keras: the sums are
 * doubles.
 */
abstract class MeanMetric extends Metric {

  MeanMetric(String name, ConfigReader arguments) {
    super(name, arguments);
  }

  @Override
  public boolean heedsMask() {
    return true;
  }

  /** Adds the value of a sample to the sums. */
  static void add(double value, double weight, double[] state, int offset) {
    state[offset] += value * weight;
    state[offset + 1] += weight;
  }

  @Override
  public final int stateSize() {
    return 2;
  }

  @Override
  public double result(double[] state, int offset) {
    return ratio(state[offset], state[offset + 1]);
  }
}
