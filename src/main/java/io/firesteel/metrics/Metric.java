package io.firesteel.metrics;

import io.firesteel.saving.KerasSerializable;
import org.jspecify.annotations.Nullable;

/**
 * A metric: sums over samples, and a number made of them. The sums of two sets of samples add up to
 * those of their union, so shards merge exactly, whatever their sizes.
 *
 * <p>Samples are those of {@link io.firesteel.losses.Loss}. A metric is immutable; its state is the
 * array of sums that callers hold.
 */
public abstract class Metric implements KerasSerializable {

  private final String name;

  /** Creates a metric. */
  protected Metric(String name) {
    this.name = name;
  }

  /** Returns the name, under which results are logged. */
  public String name() {
    return name;
  }

  /** Returns the number of sums. */
  public abstract int stateSize();

  /**
   * Adds samples to the sums.
   *
   * @param labels samples x labelWidth
   * @param predictions samples x width
   * @param weights one weight a sample, or null where all are 1
   * @param state the sums
   * @param offset where in {@code state} this metric's sums begin
   */
  public abstract void update(
      float[] labels,
      int labelWidth,
      float[] predictions,
      int width,
      int samples,
      float @Nullable [] weights,
      double[] state,
      int offset);

  /** Returns the metric of the sums; 0 of no samples, as Keras. */
  public abstract double result(double[] state, int offset);
}
