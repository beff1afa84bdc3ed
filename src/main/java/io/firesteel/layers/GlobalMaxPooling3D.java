package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The largest value of each channel over a whole volume (Keras 3.15,
 * keras/src/layers/pooling/global_max_pooling3d.py).
 */
public final class GlobalMaxPooling3D extends GlobalMaxPooling<GlobalMaxPooling3D> {

  private static final String NAME = "GlobalMaxPooling3D";

  private GlobalMaxPooling3D(DataFormat format, boolean keepdims, LayerOptions options) {
    super(format, keepdims, options);
  }

  /** Returns the layer for {@code channels_last}, with a vector of channels as output. */
  public static GlobalMaxPooling3D of() {
    return new GlobalMaxPooling3D(DataFormat.CHANNELS_LAST, false, LayerOptions.DEFAULT);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public GlobalMaxPooling3D dataFormat(@Nullable String value) {
    return with(DataFormat.of(NAME, value), isKeepdims());
  }

  static GlobalMaxPooling3D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    GlobalMaxPooling3D layer =
        new GlobalMaxPooling3D(
            DataFormat.read(NAME, reader),
            reader.bool("keepdims", false),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected GlobalMaxPooling3D with(LayerOptions newOptions) {
    return new GlobalMaxPooling3D(format(), isKeepdims(), newOptions);
  }

  @Override
  GlobalMaxPooling3D with(DataFormat newFormat, boolean newKeepdims) {
    return new GlobalMaxPooling3D(newFormat, newKeepdims, options());
  }

  @Override
  int places() {
    return 3;
  }
}
