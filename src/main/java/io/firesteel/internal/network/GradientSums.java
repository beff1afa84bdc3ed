package io.firesteel.internal.network;

import io.firesteel.tensor.RowSums;
import org.jspecify.annotations.Nullable;

/**
 * What one shard, or a subtree of shards, contributes to a step: sums over its rows, never means.
 *
 * <p>The gradient of a variable is either a whole array or the {@link #rowSums} of the rows that
 * were touched; its array is empty then. An evaluation has no gradients; then {@link #gradients} is
 * empty.
 */
public final class GradientSums {

  private final float[][] gradients;
  private final @Nullable RowSums[] rowSums;
  private final double[] metrics;
  private long rows;
  private long samples;
  private double weights;
  private double loss;

  /**
   * Creates sums around arrays, which are not copied.
   *
   * @param gradients the sum of gradients of each trainable variable, in order; behind them what
   *     was measured for each statistic, times the rows
   * @param metrics the sums of all metrics, one after the other
   * @param rows the number of rows
   * @param samples the number of losses that take part and were added up
   * @param weights the sum of their weights
   * @param loss the sum of the weighted losses
   */
  public GradientSums(
      float[][] gradients, double[] metrics, long rows, long samples, double weights, double loss) {
    this(gradients, new RowSums[gradients.length], metrics, rows, samples, weights, loss);
  }

  /**
   * Creates sums around arrays, which are not copied.
   *
   * @param gradients the sum of gradients of each trainable variable, in order, empty where there
   *     are sums of rows; behind them what was measured for each statistic, times the rows
   * @param rowSums for each of the gradients the sums of rows that stand for it, or null
   * @param metrics the sums of all metrics, one after the other
   * @param rows the number of rows
   * @param samples the number of losses that take part and were added up
   * @param weights the sum of their weights
   * @param loss the sum of the weighted losses
   */
  public GradientSums(
      float[][] gradients,
      @Nullable RowSums[] rowSums,
      double[] metrics,
      long rows,
      long samples,
      double weights,
      double loss) {
    this.gradients = gradients;
    this.rowSums = rowSums;
    this.metrics = metrics;
    this.rows = rows;
    this.samples = samples;
    this.weights = weights;
    this.loss = loss;
  }

  /** Replaces what is not in arrays. */
  void set(long newRows, long newSamples, double newWeights, double newLoss) {
    rows = newRows;
    samples = newSamples;
    weights = newWeights;
    loss = newLoss;
  }

  /** Adds the sums of the subtree to the right to these. */
  public void add(GradientSums right) {
    for (int v = 0; v < gradients.length; v++) {
      float[] sum = gradients[v];
      float[] other = right.gradients[v];
      for (int i = 0; i < sum.length; i++) {
        sum[i] += other[i];
      }
    }

    addRowsAndTotals(right);
  }

  /** Adds all but the arrays of gradients of the subtree to the right. */
  public void addRowsAndTotals(GradientSums right) {
    for (int v = 0; v < rowSums.length; v++) {
      RowSums sum = rowSums[v];
      RowSums other = right.rowSums[v];
      if (sum != null && other != null) {
        sum.add(other);
      }
    }

    for (int i = 0; i < metrics.length; i++) {
      metrics[i] += right.metrics[i];
    }

    rows += right.rows;
    samples += right.samples;
    weights += right.weights;
    loss += right.loss;
  }

  /**
   * Returns the sums of gradients, one array a trainable variable, and behind them the sums of the
   * statistics; not copies. The array of a variable with {@link #rowSums} is empty.
   */
  public float[][] gradients() {
    return gradients;
  }

  /**
   * Returns the sums of the rows of a gradient that were touched, in ascending order; null if the
   * gradient is an array.
   */
  public @Nullable RowSums rowSums(int gradient) {
    return rowSums[gradient];
  }

  /** Returns the sums of all metrics, one after the other; not a copy. */
  public double[] metrics() {
    return metrics;
  }

  /** Returns the number of rows. */
  public long rows() {
    return rows;
  }

  /** Returns the number of samples, of which a row may have several. */
  public long samples() {
    return samples;
  }

  /** Returns the sum of the samples' weights. */
  public double weights() {
    return weights;
  }

  /** Returns the sum of the weighted losses. */
  public double loss() {
    return loss;
  }
}
