package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The means of as many windows of a image as there are to be (Keras 3.15,
 * keras/src/layers/pooling/adaptive_average_pooling2d.py).
 */
public final class AdaptiveAveragePooling2D extends AdaptivePooling<AdaptiveAveragePooling2D> {

  private static final String NAME = "AdaptiveAveragePooling2D";

  private AdaptiveAveragePooling2D(Arguments arguments, LayerOptions options) {
    super(false, arguments, options);
  }

  /** Returns the layer whose output has that height and width, at least 1. */
  public static AdaptiveAveragePooling2D of(int height, int width) {
    return new AdaptiveAveragePooling2D(Arguments.of(NAME, height, width), LayerOptions.DEFAULT);
  }

  static AdaptiveAveragePooling2D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    AdaptiveAveragePooling2D layer =
        new AdaptiveAveragePooling2D(Arguments.read(NAME, reader, 2), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  AdaptiveAveragePooling2D with(Arguments newArguments, LayerOptions newOptions) {
    return new AdaptiveAveragePooling2D(newArguments, newOptions);
  }
}
