package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The largest value of each feature over a whole sequence (Keras 3.15,
 * keras/src/layers/pooling/global_max_pooling1d.py).
 */
public final class GlobalMaxPooling1D extends GlobalMaxPooling<GlobalMaxPooling1D> {

  private static final String NAME = "GlobalMaxPooling1D";

  private GlobalMaxPooling1D(DataFormat format, boolean keepdims, LayerOptions options) {
    super(format, keepdims, options);
  }

  /** Returns the layer for {@code channels_last}, with a vector of channels as output. */
  public static GlobalMaxPooling1D of() {
    return new GlobalMaxPooling1D(DataFormat.CHANNELS_LAST, false, LayerOptions.DEFAULT);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public GlobalMaxPooling1D dataFormat(@Nullable String value) {
    return with(DataFormat.of(NAME, value), isKeepdims());
  }

  static GlobalMaxPooling1D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    GlobalMaxPooling1D layer =
        new GlobalMaxPooling1D(
            DataFormat.read(NAME, reader),
            reader.bool("keepdims", false),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected GlobalMaxPooling1D with(LayerOptions newOptions) {
    return new GlobalMaxPooling1D(format(), isKeepdims(), newOptions);
  }

  @Override
  GlobalMaxPooling1D with(DataFormat newFormat, boolean newKeepdims) {
    return new GlobalMaxPooling1D(newFormat, newKeepdims, options());
  }

  @Override
  int places() {
    return 1;
  }
}
