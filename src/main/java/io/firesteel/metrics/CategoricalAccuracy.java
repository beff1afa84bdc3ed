package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The share of samples whose largest prediction is in the place of their largest label. Of equals
 * the first counts.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/accuracy_metrics.py.
 */
public final class CategoricalAccuracy extends SamplewiseMetric {

  private CategoricalAccuracy(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static CategoricalAccuracy fromConfig(Config config) {
    ConfigReader reader = config.reader("CategoricalAccuracy");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  public @Nullable String checkWidths(int labelWidth, int width) {
    String classes = Scores.checkClasses(name(), width);
    return classes == null ? super.checkWidths(labelWidth, width) : classes;
  }

  @Override
  double value(
      float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width) {
    int label = Scores.argmax(labels, labelStart, labelWidth);
    return label == Scores.argmax(predictions, start, width) ? 1.0 : 0.0;
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private Builder() {
      super("categorical_accuracy");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public CategoricalAccuracy build() {
      return new CategoricalAccuracy(this);
    }
  }
}
