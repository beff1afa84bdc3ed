package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The largest values of as many windows of a sequence as there are to be (Keras 3.15,
 * keras/src/layers/pooling/adaptive_max_pooling1d.py).
 */
public final class AdaptiveMaxPooling1D extends AdaptivePooling<AdaptiveMaxPooling1D> {

  private static final String NAME = "AdaptiveMaxPooling1D";

  private AdaptiveMaxPooling1D(Arguments arguments, LayerOptions options) {
    super(true, arguments, options);
  }

  /** Returns the layer whose output has so many steps, at least 1. */
  public static AdaptiveMaxPooling1D of(int steps) {
    return new AdaptiveMaxPooling1D(Arguments.of(NAME, steps), LayerOptions.DEFAULT);
  }

  static AdaptiveMaxPooling1D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    AdaptiveMaxPooling1D layer =
        new AdaptiveMaxPooling1D(Arguments.read(NAME, reader, 1), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  AdaptiveMaxPooling1D with(Arguments newArguments, LayerOptions newOptions) {
    return new AdaptiveMaxPooling1D(newArguments, newOptions);
  }
}
