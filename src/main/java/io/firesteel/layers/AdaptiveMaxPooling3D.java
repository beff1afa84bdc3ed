package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The largest values of as many windows of a volume as there are to be (Keras 3.15,
 * keras/src/layers/pooling/adaptive_max_pooling3d.py).
 */
public final class AdaptiveMaxPooling3D extends AdaptivePooling<AdaptiveMaxPooling3D> {

  private static final String NAME = "AdaptiveMaxPooling3D";

  private AdaptiveMaxPooling3D(Arguments arguments, LayerOptions options) {
    super(true, arguments, options);
  }

  /** Returns the layer whose output has that depth, height and width, at least 1. */
  public static AdaptiveMaxPooling3D of(int depth, int height, int width) {
    return new AdaptiveMaxPooling3D(Arguments.of(NAME, depth, height, width), LayerOptions.DEFAULT);
  }

  static AdaptiveMaxPooling3D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    AdaptiveMaxPooling3D layer =
        new AdaptiveMaxPooling3D(Arguments.read(NAME, reader, 3), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  AdaptiveMaxPooling3D with(Arguments newArguments, LayerOptions newOptions) {
    return new AdaptiveMaxPooling3D(newArguments, newOptions);
  }
}
