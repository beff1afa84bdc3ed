package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * Volumes with each place repeated along all axes (Keras 3.15,
 * keras/src/layers/reshaping/up_sampling3d.py).
 */
public final class UpSampling3D extends VolumeGather<UpSampling3D> {

  private static final String NAME = "UpSampling3D";

  private final int[] size;

  private UpSampling3D(int[] size, DataFormat format, LayerOptions options) {
    super(format, options);
    this.size = Volumes.sizes(NAME, "size", 1, size);
  }

  /** Returns the layer that doubles all extents. */
  public static UpSampling3D of() {
    return of(2, 2, 2);
  }

  /** Returns the layer that has each place so many times along each axis, at least once. */
  public static UpSampling3D of(int depth, int height, int width) {
    int[] size = {depth, height, width};
    return new UpSampling3D(size, DataFormat.CHANNELS_LAST, LayerOptions.DEFAULT);
  }

  static UpSampling3D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    UpSampling3D layer =
        new UpSampling3D(
            Volumes.read(reader, "size", 2),
            DataFormat.read(NAME, reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  UpSampling3D with(DataFormat newFormat, LayerOptions newOptions) {
    return new UpSampling3D(size, newFormat, newOptions);
  }

  @Override
  int extent(int axis, int input) {
    return Math.multiplyExact(input, size[axis]);
  }

  @Override
  int source(int axis, int place) {
    return place / size[axis];
  }

  @Override
  String argument() {
    return "size=" + list(size);
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("size", list(size)).put("data_format", format().toString()).build();
  }
}
