package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * In training, drops whole channels, with all steps of a sequence, with a probability; those that
 * stay are divided by 1 - rate (Keras 3.15, keras/src/layers/regularization/spatial_dropout.py).
 */
public final class SpatialDropout1D extends NoiseLayer<SpatialDropout1D> {

  private static final String NAME = "SpatialDropout1D";

  private SpatialDropout1D(double rate, @Nullable Long seed, LayerOptions options) {
    super(Argument.belowOne(NAME, "rate", rate), seed, options);
  }

  /** Returns the layer; the rate is at least 0 and below 1. */
  public static SpatialDropout1D of(double rate) {
    return new SpatialDropout1D(rate, null, LayerOptions.DEFAULT);
  }

  /** Returns this layer with a seed of its own. */
  public SpatialDropout1D seed(long value) {
    return new SpatialDropout1D(rate(), value, options());
  }

  static SpatialDropout1D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    SpatialDropout1D layer =
        new SpatialDropout1D(
            reader.number("rate"), reader.nullableInteger("seed", null), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected SpatialDropout1D with(LayerOptions newOptions) {
    return new SpatialDropout1D(rate(), seed(), newOptions);
  }

  @Override
  void factors(Shape input, int rows, RandomStream random, float[] factors) {
    int channels = Sequences.require(NAME, input).dim(1);
    dropChannels(input, channels, false, rows, random, factors);
  }

  /** Keras writes the type as a name here, and not whether the layer is trainable. */
  @Override
  public Config getConfig() {
    return Config.builder()
        .put("rate", rate())
        .put("seed", seed())
        .put("name", options().name())
        .put("dtype", "float32")
        .build();
  }
}
