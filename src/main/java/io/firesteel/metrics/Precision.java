package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The share of positive answers that are right: {@code tp / (tp + fp)}, 0 if there are none.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py. Differs from Keras: one threshold
 * alone.
 */
public final class Precision extends SelectiveConfusionMetric {

  private Precision(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static Precision fromConfig(Config config) {
    ConfigReader reader = config.reader("Precision");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  double result(Confusion confusion) {
    return confusion.precision(0);
  }

  /** Collects the arguments. */
  public static final class Builder extends SelectiveConfusionMetric.Builder<Builder> {
    private Builder() {
      super("Precision", "precision");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public Precision build() {
      return new Precision(this);
    }
  }
}
