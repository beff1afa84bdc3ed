package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * Images without some lines and columns at their sides (Keras 3.15,
 * keras/src/layers/reshaping/cropping2d.py).
 */
public final class Cropping2D extends ImageMargins<Cropping2D> {

  private static final String NAME = "Cropping2D";
  private static final String ARGUMENT = "cropping";

  private Cropping2D(Margins cropping, DataFormat format, LayerOptions options) {
    super(NAME, ARGUMENT, -1, cropping, format, options);
  }

  /** Returns the layer for as many places on all four sides. */
  public static Cropping2D of(int all) {
    return of(all, all, all, all);
  }

  /** Returns the layer for so many places on each side. */
  public static Cropping2D of(int top, int bottom, int left, int right) {
    Margins margins = new Margins(top, bottom, left, right);
    return new Cropping2D(margins, DataFormat.CHANNELS_LAST, LayerOptions.DEFAULT);
  }

  static Cropping2D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Cropping2D layer =
        new Cropping2D(
            Margins.readImage(reader, ARGUMENT, 0),
            DataFormat.read(NAME, reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  Cropping2D with(DataFormat newFormat, LayerOptions newOptions) {
    return new Cropping2D(margins(), newFormat, newOptions);
  }
}
