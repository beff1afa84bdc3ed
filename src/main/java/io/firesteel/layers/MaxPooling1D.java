package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The largest value of some steps of a sequence, feature by feature (Keras 3.15,
 * keras/src/layers/pooling/max_pooling1d.py).
 */
public final class MaxPooling1D extends Pooling1D<MaxPooling1D, MaxPooling2D> {

  private MaxPooling1D(MaxPooling2D pooling, LayerOptions options) {
    super(pooling, options);
  }

  /** Returns the layer with windows of so many steps, at least 1, side by side. */
  public static MaxPooling1D of(int poolSize) {
    return new MaxPooling1D(MaxPooling2D.of(poolSize, 1), LayerOptions.DEFAULT);
  }

  static MaxPooling1D fromConfig(Config config) {
    ConfigReader reader = config.reader("MaxPooling1D");
    MaxPooling2D pooling = read(reader, size -> MaxPooling2D.of(size, 1));
    MaxPooling1D layer = new MaxPooling1D(pooling, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  MaxPooling1D with(MaxPooling2D newPooling, LayerOptions newOptions) {
    return new MaxPooling1D(newPooling, newOptions);
  }
}
