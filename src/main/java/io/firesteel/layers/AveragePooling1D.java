package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean of some steps of a sequence, feature by feature (Keras 3.15,
 * keras/src/layers/pooling/average_pooling1d.py).
 */
public final class AveragePooling1D extends Pooling1D<AveragePooling1D, AveragePooling2D> {

  private AveragePooling1D(AveragePooling2D pooling, LayerOptions options) {
    super(pooling, options);
  }

  /** Returns the layer with windows of so many steps, at least 1, side by side. */
  public static AveragePooling1D of(int poolSize) {
    return new AveragePooling1D(AveragePooling2D.of(poolSize, 1), LayerOptions.DEFAULT);
  }

  static AveragePooling1D fromConfig(Config config) {
    ConfigReader reader = config.reader("AveragePooling1D");
    AveragePooling2D pooling = read(reader, size -> AveragePooling2D.of(size, 1));
    AveragePooling1D layer = new AveragePooling1D(pooling, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  AveragePooling1D with(AveragePooling2D newPooling, LayerOptions newOptions) {
    return new AveragePooling1D(newPooling, newOptions);
  }
}
