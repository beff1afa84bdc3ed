package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The largest value of each window of a volume, channel by channel (Keras 3.15,
 * keras/src/layers/pooling/max_pooling3d.py).
 */
public final class MaxPooling3D extends Pooling3D<MaxPooling3D, MaxPooling2D> {

  private static final String NAME = "MaxPooling3D";

  private MaxPooling3D(Parts<MaxPooling2D> parts, LayerOptions options) {
    super(parts, options);
  }

  /** Returns the layer with cubes of so many places, at least 1, side by side. */
  public static MaxPooling3D of(int poolSize) {
    return of(poolSize, poolSize, poolSize);
  }

  /** Returns the layer with windows of that depth, height and width, side by side. */
  public static MaxPooling3D of(int depth, int height, int width) {
    return new MaxPooling3D(
        parts(NAME, MaxPooling2D::of, depth, height, width), LayerOptions.DEFAULT);
  }

  static MaxPooling3D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    MaxPooling3D layer =
        new MaxPooling3D(read(NAME, reader, MaxPooling2D::of), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  MaxPooling3D with(Parts<MaxPooling2D> newParts, LayerOptions newOptions) {
    return new MaxPooling3D(newParts, newOptions);
  }
}
