package io.firesteel.internal.network;

import io.firesteel.layers.WeightSpec;
import io.firesteel.tensor.RowSums;

/**
 * A variable of a network.
 *
 * @param path the unique path, e.g. {@code sequential/dense/kernel}
 * @param weight what it is
 */
public record NetworkVariable(String path, WeightSpec weight) {
  /** Tells whether gradients are computed for it. */
  public boolean trainable() {
    return weight.trainable();
  }

  /**
   * Tells whether its gradient is summed up by the rows that a batch touches: few of its rows are,
   * and no penalty touches them all. The sums have the same bits either way.
   */
  public boolean byRows() {
    return trainable() && weight.rowSparse() && weight.regularizer() == null;
  }

  /** Returns sums of rows of its gradient. */
  RowSums newRowSums() {
    return new RowSums(weight.shape().size() / weight.shape().dim(0));
  }

  /** Tells whether it is a moving average of what its layer measures. */
  public boolean isStatistic() {
    return weight.isStatistic();
  }
}
