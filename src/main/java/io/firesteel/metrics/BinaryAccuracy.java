package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The share of predictions that are on the same side of a threshold as their labels, which are 0
 * and 1. A prediction on the threshold counts as 0.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/accuracy_metrics.py.
 */
public final class BinaryAccuracy extends SamplewiseMetric {

  private static final double THRESHOLD = 0.5;

  private final double threshold;

  BinaryAccuracy(ConfigReader arguments) {
    super("binary_accuracy", arguments);
    this.threshold =
        Argument.finite("BinaryAccuracy", "threshold", arguments.number("threshold", THRESHOLD));
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Config getConfig() {
    return super.getConfig().with("threshold", threshold);
  }

  @Override
  double value(
      float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width) {
    float bound = (float) threshold;
    int matches = 0;
    for (int j = 0; j < width; j++) {
      float answer = predictions[start + j] > bound ? 1f : 0f;
      matches += answer == labels[labelStart + j] ? 1 : 0;
    }

    return (double) matches / width;
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<BinaryAccuracy, Builder> {
    private Builder() {
      super("BinaryAccuracy", BinaryAccuracy::new);
    }

    /** Sets the bound above which a prediction counts as 1, finite; default 0.5. */
    public Builder threshold(double threshold) {
      return set("threshold", threshold);
    }
  }
}
