package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Images without some lines and columns at their sides (Keras 3.15,
 * keras/src/layers/reshaping/cropping2d.py).
 */
public final class Cropping2D extends GatherLayer<Cropping2D> {

  private static final String NAME = "Cropping2D";

  private final Margins cropping;
  private final DataFormat format;

  private Cropping2D(Margins cropping, DataFormat format, LayerOptions options) {
    super(options);
    this.cropping = cropping;
    this.format = format;
    boolean ok =
        Math.min(
                Math.min(cropping.top(), cropping.bottom()),
                Math.min(cropping.left(), cropping.right()))
            >= 0;
    Argument.require(NAME, "cropping", cropping.toImageConfig(), ok, "integers >= 0");
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

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public Cropping2D dataFormat(@Nullable String value) {
    return new Cropping2D(cropping, DataFormat.of(NAME, value), options());
  }

  static Cropping2D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Cropping2D layer =
        new Cropping2D(
            Margins.readImage(reader, "cropping", 0),
            DataFormat.read(NAME, reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Cropping2D with(LayerOptions newOptions) {
    return new Cropping2D(cropping, format, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    ImageShape image = ImageShape.of(NAME, input, format);
    int height = image.height() - cropping.top() - cropping.bottom();
    int width = image.width() - cropping.left() - cropping.right();
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "Cropping2D: 'cropping' must leave something of rows of shape %s. Received: %s"
              .formatted(input, cropping.toImageConfig()));
    }

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
          sources[to.index(y, x, c)] = from.index(y + cropping.top(), x + cropping.left(), c);
        }
      }
    }

    return sources;
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("cropping", cropping.toImageConfig())
        .put("data_format", format.toString())
        .build();
  }
}
