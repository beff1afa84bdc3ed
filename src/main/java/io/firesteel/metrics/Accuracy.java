package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The share of predictions that equal their labels.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/accuracy_metrics.py.
 */
public final class Accuracy extends SamplewiseMetric {

  private Accuracy(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static Accuracy fromConfig(Config config) {
    ConfigReader reader = config.reader("Accuracy");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  double value(
      float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width) {
    int matches = 0;
    for (int j = 0; j < width; j++) {
      matches += predictions[start + j] == labels[labelStart + j] ? 1 : 0;
    }

    return (double) matches / width;
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("accuracy");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public Accuracy build() {
      return new Accuracy(this);
    }
  }
}
