package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean of each window of a volume, channel by channel (Keras 3.15,
 * keras/src/layers/pooling/average_pooling3d.py).
 */
public final class AveragePooling3D extends Pooling3D<AveragePooling3D, AveragePooling2D> {

  private static final String NAME = "AveragePooling3D";

  private AveragePooling3D(Parts<AveragePooling2D> parts, LayerOptions options) {
    super(parts, options);
  }

  /** Returns the layer with cubes of so many places, at least 1, side by side. */
  public static AveragePooling3D of(int poolSize) {
    return of(poolSize, poolSize, poolSize);
  }

  /** Returns the layer with windows of that depth, height and width, side by side. */
  public static AveragePooling3D of(int depth, int height, int width) {
    return new AveragePooling3D(
        parts(NAME, AveragePooling2D::of, depth, height, width), LayerOptions.DEFAULT);
  }

  static AveragePooling3D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    AveragePooling3D layer =
        new AveragePooling3D(read(NAME, reader, AveragePooling2D::of), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  AveragePooling3D with(Parts<AveragePooling2D> newParts, LayerOptions newOptions) {
    return new AveragePooling3D(newParts, newOptions);
  }
}
