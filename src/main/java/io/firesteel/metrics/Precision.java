package io.firesteel.metrics;

import io.firesteel.saving.ConfigReader;

/**
 * The share of positive answers that are right: {@code tp / (tp + fp)}, 0 if there are none.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py.
 */
public final class Precision extends SelectiveConfusionMetric {

  Precision(ConfigReader arguments) {
    super("precision", arguments);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  double result(Confusion confusion, int threshold) {
    return confusion.precision(threshold);
  }

  /** Collects the arguments. */
  public static final class Builder extends SelectiveConfusionMetric.Builder<Precision, Builder> {
    private Builder() {
      super("Precision", Precision::new);
    }
  }
}
