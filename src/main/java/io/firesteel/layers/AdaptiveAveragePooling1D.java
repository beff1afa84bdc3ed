package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The means of as many windows of a sequence as there are to be (Keras 3.15,
 * keras/src/layers/pooling/adaptive_average_pooling1d.py).
 */
public final class AdaptiveAveragePooling1D extends AdaptivePooling<AdaptiveAveragePooling1D> {

  private static final String NAME = "AdaptiveAveragePooling1D";

  private AdaptiveAveragePooling1D(Arguments arguments, LayerOptions options) {
    super(false, arguments, options);
  }

  /** Returns the layer whose output has so many steps, at least 1. */
  public static AdaptiveAveragePooling1D of(int steps) {
    return new AdaptiveAveragePooling1D(Arguments.of(NAME, steps), LayerOptions.DEFAULT);
  }

  static AdaptiveAveragePooling1D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    AdaptiveAveragePooling1D layer =
        new AdaptiveAveragePooling1D(Arguments.read(NAME, reader, 1), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  AdaptiveAveragePooling1D with(Arguments newArguments, LayerOptions newOptions) {
    return new AdaptiveAveragePooling1D(newArguments, newOptions);
  }
}
