package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/** Places of zeros around volumes (Keras 3.15, keras/src/layers/reshaping/zero_padding3d.py). */
public final class ZeroPadding3D extends VolumeMargins<ZeroPadding3D> {

  private static final String ARGUMENT = "padding";

  private ZeroPadding3D(int[] margins, DataFormat format, LayerOptions options) {
    super(ARGUMENT, 1, margins, format, options);
  }

  /** Returns the layer for as many places on all sides. */
  public static ZeroPadding3D of(int all) {
    return of(new int[] {all, all}, new int[] {all, all}, new int[] {all, all});
  }

  /**
   * Returns the layer for so many places before and behind each axis.
   *
   * @throws IllegalArgumentException if an axis has not two numbers of at least 0
   */
  public static ZeroPadding3D of(int[] depth, int[] height, int[] width) {
    int[] margins = pairs("ZeroPadding3D", ARGUMENT, depth, height, width);
    return new ZeroPadding3D(margins, DataFormat.CHANNELS_LAST, LayerOptions.DEFAULT);
  }

  static ZeroPadding3D fromConfig(Config config) {
    ConfigReader reader = config.reader("ZeroPadding3D");
    ZeroPadding3D layer =
        new ZeroPadding3D(
            read(reader, ARGUMENT, 1),
            DataFormat.read("ZeroPadding3D", reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  ZeroPadding3D with(DataFormat newFormat, LayerOptions newOptions) {
    return new ZeroPadding3D(margins(), newFormat, newOptions);
  }
}
