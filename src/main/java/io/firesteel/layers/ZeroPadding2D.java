package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * Lines and columns of zeros around images (Keras 3.15,
 * keras/src/layers/reshaping/zero_padding2d.py).
 */
public final class ZeroPadding2D extends ImageMargins<ZeroPadding2D> {

  private static final String NAME = "ZeroPadding2D";
  private static final String ARGUMENT = "padding";

  private ZeroPadding2D(Margins padding, DataFormat format, LayerOptions options) {
    super(NAME, ARGUMENT, 1, padding, format, options);
  }

  /** Returns the layer for as many places on all four sides. */
  public static ZeroPadding2D of(int all) {
    return of(all, all, all, all);
  }

  /** Returns the layer for so many places on each side. */
  public static ZeroPadding2D of(int top, int bottom, int left, int right) {
    Margins margins = new Margins(top, bottom, left, right);
    return new ZeroPadding2D(margins, DataFormat.CHANNELS_LAST, LayerOptions.DEFAULT);
  }

  static ZeroPadding2D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    ZeroPadding2D layer =
        new ZeroPadding2D(
            Margins.readImage(reader, ARGUMENT, 1),
            DataFormat.read(NAME, reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  ZeroPadding2D with(DataFormat newFormat, LayerOptions newOptions) {
    return new ZeroPadding2D(margins(), newFormat, newOptions);
  }
}
