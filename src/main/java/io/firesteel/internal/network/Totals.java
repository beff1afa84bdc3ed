package io.firesteel.internal.network;

/** The sums over some rows of what is no gradient: rows, losses, their weights, and metrics. */
public final class Totals {

  private final double[] metrics;
  private long rows;
  private long samples;
  private double weights;
  private double loss;

  /**
   * Creates totals.
   *
   * @param metrics the sums of all metrics, one after the other; not copied
   * @param rows the number of rows
   * @param samples the number of losses that take part and were added up
   * @param weights the sum of their weights
   * @param loss the sum of the weighted losses
   */
  public Totals(double[] metrics, long rows, long samples, double weights, double loss) {
    this.metrics = metrics;
    this.rows = rows;
    this.samples = samples;
    this.weights = weights;
    this.loss = loss;
  }

  /** Returns totals of no rows. */
  static Totals zeros(int metrics) {
    return new Totals(new double[metrics], 0, 0, 0, 0);
  }

  /** Returns a copy without losses and metrics: what gradients are divided by. */
  public Totals counts() {
    return new Totals(new double[0], rows, samples, weights, 0);
  }

  /** Replaces all but the sums of metrics. */
  public void set(long newRows, long newSamples, double newWeights, double newLoss) {
    rows = newRows;
    samples = newSamples;
    weights = newWeights;
    loss = newLoss;
  }

  /** Adds the totals of other rows. */
  public void add(Totals right) {
    for (int i = 0; i < right.metrics.length; i++) {
      metrics[i] += right.metrics[i];
    }

    rows += right.rows;
    samples += right.samples;
    weights += right.weights;
    loss += right.loss;
  }

  /** Returns the sums of all metrics, one after the other; not a copy. */
  public double[] metrics() {
    return metrics;
  }

  /** Returns the number of rows. */
  public long rows() {
    return rows;
  }

  /** Returns the number of samples that have a loss, of which a row may have several. */
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
