package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Steps of zeros before and behind a sequence (Keras 3.15,
 * keras/src/layers/reshaping/zero_padding1d.py).
 */
public final class ZeroPadding1D extends GatherLayer<ZeroPadding1D> {

  private static final String NAME = "ZeroPadding1D";

  private final Margins padding;
  private final DataFormat format;

  private ZeroPadding1D(Margins padding, DataFormat format, LayerOptions options) {
    super(options);
    this.padding = padding;
    this.format = format;
    boolean ok = Math.min(padding.top(), padding.bottom()) >= 0;
    Argument.require(NAME, "padding", padding.toSequenceConfig(), ok, "integers >= 0");
  }

  /** Returns the layer for as many steps before and behind a sequence. */
  public static ZeroPadding1D of(int both) {
    return of(both, both);
  }

  /** Returns the layer for so many steps before and behind a sequence. */
  public static ZeroPadding1D of(int before, int behind) {
    return new ZeroPadding1D(
        new Margins(before, behind, 0, 0), DataFormat.CHANNELS_LAST, LayerOptions.DEFAULT);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public ZeroPadding1D dataFormat(@Nullable String value) {
    return new ZeroPadding1D(padding, DataFormat.of(NAME, value), options());
  }

  static ZeroPadding1D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    ZeroPadding1D layer =
        new ZeroPadding1D(
            Margins.readSequence(reader, "padding", 1),
            DataFormat.read(NAME, reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected ZeroPadding1D with(LayerOptions newOptions) {
    return new ZeroPadding1D(padding, format, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    ImageShape image = image(input);
    int steps = image.height() + padding.top() + padding.bottom();
    Shape padded = new ImageShape(steps, 1, image.channels(), format).toShape();
    return Sequences.ofImage(padded, format);
  }

  private ImageShape image(Shape row) {
    return ImageShape.of(NAME, Sequences.toImage(NAME, row, format), format);
  }

  @Override
  int[] sources(Shape input, Shape output) {
    ImageShape from = image(input);
    ImageShape to = image(output);
    int[] sources = new int[output.size()];
    for (int step = 0; step < to.height(); step++) {
      for (int c = 0; c < to.channels(); c++) {
        sources[to.index(step, 0, c)] = from.indexOrNowhere(step - padding.top(), 0, c);
      }
    }

    return sources;
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("padding", padding.toSequenceConfig())
        .put("data_format", format.toString())
        .build();
  }
}
