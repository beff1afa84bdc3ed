package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The share of samples whose largest prediction is in the place that their label, a class index,
 * names. Of equals the first counts.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/accuracy_metrics.py.
 */
public final class SparseCategoricalAccuracy extends SamplewiseMetric {

  private SparseCategoricalAccuracy(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static SparseCategoricalAccuracy fromConfig(Config config) {
    ConfigReader reader = config.reader("SparseCategoricalAccuracy");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  public @Nullable String checkWidths(int labelWidth, int width) {
    return Scores.checkIndices(name(), labelWidth, width);
  }

  @Override
  double value(
      float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width) {
    return labels[labelStart] == Scores.argmax(predictions, start, width) ? 1.0 : 0.0;
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("sparse_categorical_accuracy");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public SparseCategoricalAccuracy build() {
      return new SparseCategoricalAccuracy(this);
    }
  }
}
