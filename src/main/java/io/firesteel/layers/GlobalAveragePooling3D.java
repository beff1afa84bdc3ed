package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * The mean of each channel over a whole volume (Keras 3.15,
 * keras/src/layers/pooling/global_average_pooling3d.py).
 */
public final class GlobalAveragePooling3D extends GlobalPooling<GlobalAveragePooling3D> {

  private static final String NAME = "GlobalAveragePooling3D";

  private GlobalAveragePooling3D(DataFormat format, boolean keepdims, LayerOptions options) {
    super(format, keepdims, options);
  }

  /** Returns the layer for {@code channels_last}, with a vector of channels as output. */
  public static GlobalAveragePooling3D of() {
    return new GlobalAveragePooling3D(DataFormat.CHANNELS_LAST, false, LayerOptions.DEFAULT);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public GlobalAveragePooling3D dataFormat(@Nullable String value) {
    return with(DataFormat.of(NAME, value), isKeepdims());
  }

  static GlobalAveragePooling3D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    GlobalAveragePooling3D layer =
        new GlobalAveragePooling3D(
            DataFormat.read(NAME, reader),
            reader.bool("keepdims", false),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected GlobalAveragePooling3D with(LayerOptions newOptions) {
    return new GlobalAveragePooling3D(format(), isKeepdims(), newOptions);
  }

  @Override
  GlobalAveragePooling3D with(DataFormat newFormat, boolean newKeepdims) {
    return new GlobalAveragePooling3D(newFormat, newKeepdims, options());
  }

  @Override
  int places() {
    return 3;
  }

  /** A volume as one image of all its lines. */
  private Shape lines(Shape input) {
    int[] extents = Volumes.extents(NAME, input, format());
    int lines = extents[0] * extents[1];
    return format() == DataFormat.CHANNELS_LAST
        ? Shape.of(lines, extents[2], channels(input))
        : Shape.of(channels(input), lines, extents[2]);
  }

  private GlobalAveragePooling2D ofImages() {
    return GlobalAveragePooling2D.of().dataFormat(format().toString());
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    ofImages().forward(lines(input), call);
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    ofImages().backward(lines(input), call);
  }
}
