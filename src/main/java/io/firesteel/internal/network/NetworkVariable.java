package io.firesteel.internal.network;

import io.firesteel.layers.WeightSpec;
import io.firesteel.tensor.RowSums;
import io.firesteel.variables.Variable;
import org.jspecify.annotations.Nullable;

/**
 * A variable of a network.
 *
 * @param path the unique path, e.g. {@code sequential/dense/kernel}
 * @param weight what it is
 * @param shared the variable of a nested model whose values it shares, or null
 */
public record NetworkVariable(String path, WeightSpec weight, @Nullable Variable shared) {

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

  /** Returns a variable around values, which are not copied. */
  public Variable around(float[] values) {
    return Variable.builder(weight.name(), path, weight.shape())
        .trainable(weight.trainable())
        .regularizer(weight.regularizer())
        .constraint(weight.constraint())
        .build(values);
  }
}
