package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The largest values of as many windows of a image as there are to be (Keras 3.15,
 * keras/src/layers/pooling/adaptive_max_pooling2d.py).
 */
public final class AdaptiveMaxPooling2D extends AdaptivePooling<AdaptiveMaxPooling2D> {

  private static final String NAME = "AdaptiveMaxPooling2D";

  private AdaptiveMaxPooling2D(Arguments arguments, LayerOptions options) {
    super(true, arguments, options);
  }

  /** Returns the layer whose output has that height and width, at least 1. */
  public static AdaptiveMaxPooling2D of(int height, int width) {
    return new AdaptiveMaxPooling2D(Arguments.of(NAME, height, width), LayerOptions.DEFAULT);
  }

  static AdaptiveMaxPooling2D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    AdaptiveMaxPooling2D layer =
        new AdaptiveMaxPooling2D(Arguments.read(NAME, reader, 2), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  AdaptiveMaxPooling2D with(Arguments newArguments, LayerOptions newOptions) {
    return new AdaptiveMaxPooling2D(newArguments, newOptions);
  }
}
