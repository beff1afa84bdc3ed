package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The means of as many windows of a volume as there are to be (Keras 3.15,
 * keras/src/layers/pooling/adaptive_average_pooling3d.py).
 */
public final class AdaptiveAveragePooling3D extends AdaptivePooling<AdaptiveAveragePooling3D> {

  private static final String NAME = "AdaptiveAveragePooling3D";

  private AdaptiveAveragePooling3D(Arguments arguments, LayerOptions options) {
    super(false, arguments, options);
  }

  /** Returns the layer whose output has that depth, height and width, at least 1. */
  public static AdaptiveAveragePooling3D of(int depth, int height, int width) {
    return new AdaptiveAveragePooling3D(
        Arguments.of(NAME, depth, height, width), LayerOptions.DEFAULT);
  }

  static AdaptiveAveragePooling3D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    AdaptiveAveragePooling3D layer =
        new AdaptiveAveragePooling3D(Arguments.read(NAME, reader, 3), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  AdaptiveAveragePooling3D with(Arguments newArguments, LayerOptions newOptions) {
    return new AdaptiveAveragePooling3D(newArguments, newOptions);
  }
}
