package io.firesteel.metrics;

import io.firesteel.saving.ConfigReader;

/**
 * The share of positive labels that are found: {@code tp / (tp + fn)}, 0 if there are none.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py.
 */
public final class Recall extends SelectiveConfusionMetric {

  Recall(ConfigReader arguments) {
    super("recall", arguments);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  double result(Confusion confusion, int threshold) {
    return confusion.recall(threshold);
  }

  /** Collects the arguments. */
  public static final class Builder extends SelectiveConfusionMetric.Builder<Recall, Builder> {
    private Builder() {
      super("Recall", Recall::new);
    }
  }
}
