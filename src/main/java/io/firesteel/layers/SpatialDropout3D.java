package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * In training, drops whole channels, with all places of a volume, with a probability; those that
 * stay are divided by 1 - rate (Keras 3.15, keras/src/layers/regularization/spatial_dropout.py).
 */
public final class SpatialDropout3D extends NoiseLayer<SpatialDropout3D> {

  private static final String NAME = "SpatialDropout3D";

  private final DataFormat format;

  private SpatialDropout3D(
      double rate, @Nullable Long seed, DataFormat format, LayerOptions options) {
    super(Argument.belowOne(NAME, "rate", rate), seed, options);
    this.format = format;
  }

  /** Returns the layer; the rate is at least 0 and below 1. */
  public static SpatialDropout3D of(double rate) {
    return new SpatialDropout3D(rate, null, DataFormat.CHANNELS_LAST, LayerOptions.DEFAULT);
  }

  /** Returns this layer with a seed of its own. */
  public SpatialDropout3D seed(long value) {
    return new SpatialDropout3D(rate(), value, format, options());
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public SpatialDropout3D dataFormat(@Nullable String value) {
    return new SpatialDropout3D(rate(), seed(), DataFormat.of(NAME, value), options());
  }

  static SpatialDropout3D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    SpatialDropout3D layer =
        new SpatialDropout3D(
            reader.number("rate"),
            reader.nullableInteger("seed", null),
            DataFormat.read(NAME, reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected SpatialDropout3D with(LayerOptions newOptions) {
    return new SpatialDropout3D(rate(), seed(), format, newOptions);
  }

  @Override
  void factors(Shape input, int rows, RandomStream random, float[] factors) {
    Volumes.frames(NAME, input, format); // Refuses what is no volume.
    int channels = Volumes.channels(input, format);
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
