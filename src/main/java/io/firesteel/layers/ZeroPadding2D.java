package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Lines and columns of zeros around images (Keras 3.15,
 * keras/src/layers/reshaping/zero_padding2d.py).
 */
public final class ZeroPadding2D extends GatherLayer<ZeroPadding2D> {

  private static final String NAME = "ZeroPadding2D";

  private final Margins padding;
  private final DataFormat format;

  private ZeroPadding2D(Margins padding, DataFormat format, LayerOptions options) {
    super(options);
    this.padding = padding;
    this.format = format;
    boolean ok =
        Math.min(
                Math.min(padding.top(), padding.bottom()),
                Math.min(padding.left(), padding.right()))
            >= 0;
    Argument.require(NAME, "padding", padding.toImageConfig(), ok, "integers >= 0");
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

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public ZeroPadding2D dataFormat(@Nullable String value) {
    return new ZeroPadding2D(padding, DataFormat.of(NAME, value), options());
  }

  static ZeroPadding2D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    ZeroPadding2D layer =
        new ZeroPadding2D(
            Margins.readImage(reader, "padding", 1),
            DataFormat.read(NAME, reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected ZeroPadding2D with(LayerOptions newOptions) {
    return new ZeroPadding2D(padding, format, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    ImageShape image = ImageShape.of(NAME, input, format);
    int height = image.height() + padding.top() + padding.bottom();
    int width = image.width() + padding.left() + padding.right();
    return new ImageShape(height, width, image.channels(), format).toShape();
  }

  @Override
  int[] sources(Shape input, Shape output) {
    ImageShape from = ImageShape.of(NAME, input, format);
    ImageShape to = ImageShape.of(NAME, output, format);
    int[] sources = new int[output.size()];
    for (int y = 0; y < to.height(); y++) {
      for (int x = 0; x < to.width(); x++) {
        for (int c = 0; c < to.channels(); c++) {
          sources[to.index(y, x, c)] =
              from.indexOrNowhere(y - padding.top(), x - padding.left(), c);
        }
      }
    }

    return sources;
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("padding", padding.toImageConfig())
        .put("data_format", format.toString())
        .build();
  }
}
