package io.firesteel.internal.network;

import io.firesteel.tensor.RowSums;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one shard, or a subtree of shards, contributes to a step: sums over its rows, never means.
 *
 * <p>It has three parts: the gradients of the trainable variables, what was measured for the
 * statistics, and the {@link Totals}. The gradient of a variable is either a whole array or the
 * {@link #rowSums} of the rows that were touched; its array is empty then. An evaluation has totals
 * alone.
 */
public final class GradientSums {

  private static final float[][] NONE = new float[0][];

  private final float[][] gradients;
  private final @Nullable RowSums[] rowSums;
  private final float[][] statistics;
  private final float[][] arrays;
  private final Totals totals;

  /**
   * Creates sums around arrays, which are not copied.
   *
   * @param gradients the sum of gradients of each trainable variable, in order, empty where there
   *     are sums of rows
   * @param rowSums for each of the gradients the sums of rows that stand for it, or null
   * @param statistics what was measured for each statistic, in order, times the rows
   * @param totals the rest
   */
  public GradientSums(
      float[][] gradients, @Nullable RowSums[] rowSums, float[][] statistics, Totals totals) {
    this.gradients = gradients;
    this.rowSums = rowSums;
    this.statistics = statistics;
    this.totals = totals;
    this.arrays = Stream.of(gradients, statistics).flatMap(Stream::of).toArray(float[][]::new);
  }

  /** Creates sums of whole gradients, without statistics. */
  public static GradientSums of(float[][] gradients, Totals totals) {
    return new GradientSums(gradients, new RowSums[gradients.length], NONE, totals);
  }

  /** Creates the sums of an evaluation. */
  public static GradientSums of(Totals totals) {
    return of(NONE, totals);
  }

  /** Adds the sums of the subtree to the right to these. */
  public void add(GradientSums right) {
    addGradients(right);
    addRowsAndStatistics(right);
    addTotals(right);
  }

  /** Adds one of the {@link #arrays} of the subtree to the right. */
  public void add(int array, GradientSums right) {
    float[] sum = arrays[array];
    float[] other = right.arrays[array];
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
  }

  /** Adds the arrays of {@link #gradients} of the subtree to the right. */
  public void addGradients(GradientSums right) {
    for (int v = 0; v < gradients.length; v++) {
      add(v, right);
    }
  }

  /** Adds what neither {@link #addGradients} nor {@link #addTotals} does. */
  public void addRowsAndStatistics(GradientSums right) {
    for (int v = gradients.length; v < arrays.length; v++) {
      add(v, right);
    }

    addRows(right);
  }

  /** Adds the sums of rows of the subtree to the right. */
  public void addRows(GradientSums right) {
    for (int v = 0; v < rowSums.length; v++) {
      RowSums sum = rowSums[v];
      RowSums other = right.rowSums[v];
      if (sum != null && other != null) {
        sum.add(other);
      }
    }
  }

  /** Adds the totals of the subtree to the right. */
  public void addTotals(GradientSums right) {
    totals.add(right.totals);
  }

  /**
   * Returns the sums of gradients, one array a trainable variable; not copies. The array of a
   * variable with {@link #rowSums} is empty.
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

  /** Tells whether some gradient is summed up by rows. */
  public boolean hasRows() {
    for (RowSums rows : rowSums) {
      if (rows != null) {
        return true;
      }
    }

    return false;
  }

  /** Returns the sums of what was measured, one array a statistic; not copies. */
  public float[][] statistics() {
    return statistics;
  }

  /** Returns all arrays that are added value by value: the gradients, then the statistics. */
  public float[][] arrays() {
    return arrays;
  }

  /** Returns the sums of rows, losses, weights and metrics. */
  public Totals totals() {
    return totals;
  }
}
