package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * In training, drops whole channels, with all places of an image, with a probability; those that
 * stay are divided by 1 - rate (Keras 3.15, keras/src/layers/regularization/spatial_dropout.py).
 */
public final class SpatialDropout2D extends NoiseLayer<SpatialDropout2D> {

  private static final String NAME = "SpatialDropout2D";

  private final DataFormat format;

  private SpatialDropout2D(
      double rate, @Nullable Long seed, DataFormat format, LayerOptions options) {
    super(Argument.belowOne(NAME, "rate", rate), seed, options);
    this.format = format;
  }

  /** Returns the layer; the rate is at least 0 and below 1. */
  public static SpatialDropout2D of(double rate) {
    return new SpatialDropout2D(rate, null, DataFormat.CHANNELS_LAST, LayerOptions.DEFAULT);
  }

  /** Returns this layer with a seed of its own. */
  public SpatialDropout2D seed(long value) {
    return new SpatialDropout2D(rate(), value, format, options());
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public SpatialDropout2D dataFormat(@Nullable String value) {
    return new SpatialDropout2D(rate(), seed(), DataFormat.of(NAME, value), options());
  }

  static SpatialDropout2D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    SpatialDropout2D layer =
        new SpatialDropout2D(
            reader.number("rate"),
            reader.nullableInteger("seed", null),
            DataFormat.read(NAME, reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected SpatialDropout2D with(LayerOptions newOptions) {
    return new SpatialDropout2D(rate(), seed(), format, newOptions);
  }

  @Override
  void factors(Shape input, int rows, RandomStream random, float[] factors) {
    int channels = ImageShape.of(NAME, input, format).channels();
    boolean isFirst = format == DataFormat.CHANNELS_FIRST;
    dropChannels(input, channels, isFirst, rows, random, factors);
  }

  /** Keras writes the type as a name here, and not whether the layer is trainable. */
  @Override
  public Config getConfig() {
    return Config.builder()
        .put("rate", rate())
        .put("seed", seed())
        .put("name", options().name())
        .put("dtype", "float32")
        .put("data_format", format.toString())
        .build();
  }
}
