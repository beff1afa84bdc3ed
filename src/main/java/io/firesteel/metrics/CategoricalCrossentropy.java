package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;

/**
 * The mean crossentropy of distributions, see {@link io.firesteel.losses.CategoricalCrossentropy}.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/probabilistic_metrics.py.
 */
public final class CategoricalCrossentropy extends LossMetric {

  private static final List<String> ARGUMENTS = List.of("from_logits", "label_smoothing", "axis");

  private final Config arguments;

  private CategoricalCrossentropy(Builder builder) {
    super(builder, builder.loss);
    this.arguments = builder.loss.getConfig().without("name").without("reduction");
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static CategoricalCrossentropy fromConfig(Config config) {
    ConfigReader reader = config.reader("CategoricalCrossentropy");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder().putAll(arguments).build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private io.firesteel.losses.CategoricalCrossentropy loss =
        io.firesteel.losses.CategoricalCrossentropy.builder().build();

    private Builder() {
      super("categorical_crossentropy");
    }

    /** Sets the loss whose mean is taken; its name and reduction play no part. */
    public Builder loss(io.firesteel.losses.CategoricalCrossentropy loss) {
      this.loss = loss;
      return this;
    }

    @Override
    protected Builder read(ConfigReader reader) {
      Config.Builder arguments = Config.builder();
      for (String key : ARGUMENTS) {
        if (reader.seen(key)) {
          arguments.put(key, reader.any(key));
        }
      }

      return super.read(reader)
          .loss(io.firesteel.losses.CategoricalCrossentropy.fromConfig(arguments.build()));
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public CategoricalCrossentropy build() {
      return new CategoricalCrossentropy(this);
    }
  }
}
