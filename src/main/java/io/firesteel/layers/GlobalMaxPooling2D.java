package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The largest value of each channel over a whole image (Keras 3.15,
 * keras/src/layers/pooling/global_max_pooling2d.py).
 */
public final class GlobalMaxPooling2D extends GlobalMaxPooling<GlobalMaxPooling2D> {

  private static final String NAME = "GlobalMaxPooling2D";

  private GlobalMaxPooling2D(DataFormat format, boolean keepdims, LayerOptions options) {
    super(format, keepdims, options);
  }

  /** Returns the layer for {@code channels_last}, with a vector of channels as output. */
  public static GlobalMaxPooling2D of() {
    return new GlobalMaxPooling2D(DataFormat.CHANNELS_LAST, false, LayerOptions.DEFAULT);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public GlobalMaxPooling2D dataFormat(@Nullable String value) {
    return with(DataFormat.of(NAME, value), isKeepdims());
  }

  static GlobalMaxPooling2D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    GlobalMaxPooling2D layer =
        new GlobalMaxPooling2D(
            DataFormat.read(NAME, reader),
            reader.bool("keepdims", false),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected GlobalMaxPooling2D with(LayerOptions newOptions) {
    return new GlobalMaxPooling2D(format(), isKeepdims(), newOptions);
  }

  @Override
  GlobalMaxPooling2D with(DataFormat newFormat, boolean newKeepdims) {
    return new GlobalMaxPooling2D(newFormat, newKeepdims, options());
  }

  @Override
  int places() {
    return 2;
  }
}
