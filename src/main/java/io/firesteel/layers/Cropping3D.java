package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * Volumes without some places at their sides (Keras 3.15,
 * keras/src/layers/reshaping/cropping3d.py).
 */
public final class Cropping3D extends VolumeMargins<Cropping3D> {

  private static final String ARGUMENT = "cropping";

  private Cropping3D(int[] margins, DataFormat format, LayerOptions options) {
    super(ARGUMENT, -1, margins, format, options);
  }

  /** Returns the layer for as many places on all sides. */
  public static Cropping3D of(int all) {
    return of(new int[] {all, all}, new int[] {all, all}, new int[] {all, all});
  }

  /**
   * Returns the layer for so many places before and behind each axis.
   *
   * @throws IllegalArgumentException if an axis has not two numbers of at least 0
   */
  public static Cropping3D of(int[] depth, int[] height, int[] width) {
    int[] margins = pairs("Cropping3D", ARGUMENT, depth, height, width);
    return new Cropping3D(margins, DataFormat.CHANNELS_LAST, LayerOptions.DEFAULT);
  }

  static Cropping3D fromConfig(Config config) {
    ConfigReader reader = config.reader("Cropping3D");
    Cropping3D layer =
        new Cropping3D(
            read(reader, ARGUMENT, 1),
            DataFormat.read("Cropping3D", reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  Cropping3D with(DataFormat newFormat, LayerOptions newOptions) {
    return new Cropping3D(margins(), newFormat, newOptions);
  }
}
