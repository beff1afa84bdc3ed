package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Images with lines and columns at their sides more or less.
 *
 * @param <L> the layer's own class
 */
abstract class ImageMargins<L extends ImageMargins<L>> extends GatherLayer<L> {

  private final String name;
  private final String argument;
  private final Margins margins;
  private final DataFormat format;
  private final int sign;

  /**
   * Creates the layer.
   *
   * @param argument the name of the margins
   * @param sign 1 if they are added, -1 if they are cut off
   */
  ImageMargins(
      String name,
      String argument,
      int sign,
      Margins margins,
      DataFormat format,
      LayerOptions options) {
    super(options);
    this.name = name;
    this.argument = argument;
    this.sign = sign;
    this.margins = margins;
    this.format = format;
    boolean ok =
        Math.min(
                Math.min(margins.top(), margins.bottom()),
                Math.min(margins.left(), margins.right()))
            >= 0;
    Argument.require(name, argument, margins.toImageConfig(), ok, "integers >= 0");
  }

  abstract L with(DataFormat newFormat, LayerOptions newOptions);

  final Margins margins() {
    return margins;
  }

  @Override
  protected final L with(LayerOptions newOptions) {
    return with(format, newOptions);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public final L dataFormat(@Nullable String value) {
    return with(DataFormat.of(name, value), options());
  }

  @Override
  public final Shape computeOutputShape(Shape input) {
    ImageShape image = ImageShape.of(name, input, format);
    int height = image.height() + sign * (margins.top() + margins.bottom());
    int width = image.width() + sign * (margins.left() + margins.right());
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "%s: '%s' must leave something of rows of shape %s. Received: %s"
              .formatted(name, argument, input, margins.toImageConfig()));
    }

    return new ImageShape(height, width, image.channels(), format).toShape();
  }

  @Override
  final int[] sources(Shape input, Shape output) {
    ImageShape from = ImageShape.of(name, input, format);
    ImageShape to = ImageShape.of(name, output, format);
    int top = sign * margins.top();
    int left = sign * margins.left();
    int[] sources = new int[output.size()];
    for (int y = 0; y < to.height(); y++) {
      for (int x = 0; x < to.width(); x++) {
        for (int c = 0; c < to.channels(); c++) {
          sources[to.index(y, x, c)] = from.indexOrNowhere(y - top, x - left, c);
        }
      }
    }

    return sources;
  }

  @Override
  public final Config getConfig() {
    return baseConfig()
        .put(argument, margins.toImageConfig())
        .put("data_format", format.toString())
        .build();
  }
}
