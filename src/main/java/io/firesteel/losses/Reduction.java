package io.firesteel.losses;

/** How the losses of the samples become one number (Keras, keras/src/losses/loss.py). */
public enum Reduction {
  /** The sum of the weighted losses divided by the number of samples. */
  SUM_OVER_BATCH_SIZE("sum_over_batch_size"),
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
   * Returns the reduction of a Keras name; {@code mean} is the same as {@code sum_over_batch_size}.
   *
   * @throws IllegalArgumentException if there is none; {@code none} is none, because training needs
   *     one number
   */
  public static Reduction of(String id) {
    if (id.equals("mean")) {
      return SUM_OVER_BATCH_SIZE;
    }

    for (Reduction reduction : values()) {
      if (reduction.id.equals(id)) {
        return reduction;
      }
    }

    throw new IllegalArgumentException(
        "Unknown reduction '%s'. Allowed: sum_over_batch_size, mean, mean_with_sample_weight, sum"
            .formatted(id));
  }

  /**
   * Returns what the sums of losses and gradients are divided by.
   *
   * @param samples the number of samples
   * @param weights the sum of their weights, equal to {@code samples} where there are none
   */
  public double divisor(long samples, double weights) {
    return switch (this) {
      case SUM_OVER_BATCH_SIZE -> samples;
      case MEAN_WITH_SAMPLE_WEIGHT -> weights;
      case SUM -> 1.0;
    };
  }
}
