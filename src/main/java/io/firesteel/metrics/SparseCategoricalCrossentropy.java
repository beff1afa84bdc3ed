package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;

/**
 * The mean crossentropy of class indices, see {@link
 * io.firesteel.losses.SparseCategoricalCrossentropy}.
 *
 * <p>Samples of the class {@code ignore_class} have the value 0. As in Keras, they are left out of
 * the count if there are weights, and counted if there are none.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/probabilistic_metrics.py.
 */
public final class SparseCategoricalCrossentropy extends LossMetric {

  private static final List<String> ARGUMENTS = List.of("from_logits", "ignore_class", "axis");

  private final Config arguments;

  private SparseCategoricalCrossentropy(Builder builder) {
    super(builder, builder.loss);
    this.arguments = builder.loss.getConfig().without("name").without("reduction");
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the metric that a config describes. */
  public static SparseCategoricalCrossentropy fromConfig(Config config) {
    ConfigReader reader = config.reader("SparseCategoricalCrossentropy");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder().putAll(arguments).put("axis", -1).build();
  }

  /** Collects the arguments. */
  public static final class Builder extends Metric.Builder<Builder> {
    private io.firesteel.losses.SparseCategoricalCrossentropy loss =
        io.firesteel.losses.SparseCategoricalCrossentropy.builder().build();

    private Builder() {
      super("sparse_categorical_crossentropy");
    }

    /** Sets the loss whose mean is taken; its name and reduction play no part. */
    public Builder loss(io.firesteel.losses.SparseCategoricalCrossentropy loss) {
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
          .loss(io.firesteel.losses.SparseCategoricalCrossentropy.fromConfig(arguments.build()));
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public SparseCategoricalCrossentropy build() {
      return new SparseCategoricalCrossentropy(this);
    }
  }
}
