package io.firesteel.losses;

import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/** How the losses of the samples become one number (Keras, keras/src/losses/loss.py). */
public enum Reduction {
  /** The sum of the weighted losses divided by the number of samples. */
  SUM_OVER_BATCH_SIZE("sum_over_batch_size"),
  /** The same as {@link #SUM_OVER_BATCH_SIZE}, under Keras's other name. */
  MEAN("mean"),
  /** The sum of the weighted losses divided by the sum of the weights. */
  MEAN_WITH_SAMPLE_WEIGHT("mean_with_sample_weight"),
  /** The sum of the weighted losses. */
  SUM("sum");

  private final String id;

  Reduction(String id) {
    this.id = id;
  }

  /** Returns Keras's name. */
  public String id() {
    return id;
  }

  /**
   * Returns the reduction of a Keras name.
   *
   * @throws IllegalArgumentException if there is none. Stricter than Keras: {@code none} and null
   *     are refused, because training needs one number
   */
  public static Reduction of(@Nullable String id) {
    for (Reduction reduction : values()) {
      if (reduction.id.equals(id)) {
        return reduction;
      }
    }

    boolean unreduced = id == null || id.equals("none");
    throw new IllegalArgumentException(
        "%s. Allowed for 'reduction': sum_over_batch_size, mean, mean_with_sample_weight, sum. Received: %s"
            .formatted(
                unreduced ? "A loss must be reduced to one number" : "Unknown reduction", id));
  }

  /** Returns the argument {@code reduction}, the mean over the batch if there is none. */
  static Reduction read(ConfigReader arguments) {
    if (!arguments.seen("reduction")) {
      return SUM_OVER_BATCH_SIZE;
    }

    Object id = arguments.any("reduction");
    return of(id == null ? null : arguments.string("reduction"));
  }

  /**
   * Returns what the sums of losses and gradients are divided by. Where it is 0, Keras's result is
   * 0.
   *
   * @param samples the number of samples that take part
   * @param weights the sum of their weights, equal to {@code samples} where there are none
   */
  public double divisor(long samples, double weights) {
    return switch (this) {
      case SUM_OVER_BATCH_SIZE, MEAN -> samples;
      case MEAN_WITH_SAMPLE_WEIGHT -> weights;
      case SUM -> 1.0;
    };
  }

  /** Returns the loss of a batch: a sum of weighted losses over the divisor, 0 of nothing. */
  public double reduce(double sum, long samples, double weights) {
    double divisor = divisor(samples, weights);
    return divisor == 0.0 ? 0.0 : sum / divisor;
  }
}
