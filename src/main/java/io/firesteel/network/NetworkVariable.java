package io.firesteel.network;

import io.firesteel.layers.WeightSpec;

/**
 * A variable of a network.
 *
 * @param path the unique path, e.g. {@code sequential/dense/kernel}
 * @param layer the index of its layer among those that compute
 * @param weight what it is
 */
public record NetworkVariable(String path, int layer, WeightSpec weight) {

  /** Tells whether gradients are computed for it. */
  public boolean trainable() {
    return weight.trainable();
  }

  /** Tells whether it is a moving average of what its layer measures. */
  public boolean isStatistic() {
    return weight.isStatistic();
  }
}
