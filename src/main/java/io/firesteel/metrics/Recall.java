package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The share of positive labels that are found: {@code tp / (tp + fn)}, 0 if there are none.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py. Differs from Keras: one threshold
 * alone.
 */
public final class Recall extends SelectiveConfusionMetric {

  private Recall(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static Recall fromConfig(Config config) {
    ConfigReader reader = config.reader("Recall");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  double result(Confusion confusion) {
    return confusion.recall(0);
  }

  /** Collects the arguments. */
  public static final class Builder extends SelectiveConfusionMetric.Builder<Builder> {
    private Builder() {
      super("Recall", "recall");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public Recall build() {
      return new Recall(this);
    }
  }
}
