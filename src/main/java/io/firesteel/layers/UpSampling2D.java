package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Images with each line and column repeated (Keras 3.15,
 * keras/src/layers/reshaping/up_sampling2d.py).
 *
 * <p>Differs from Keras: {@code interpolation} must be {@code nearest}.
 */
public final class UpSampling2D extends GatherLayer<UpSampling2D> {

  private static final String NAME = "UpSampling2D";

  private final HeightWidth size;
  private final DataFormat format;

  private UpSampling2D(HeightWidth size, DataFormat format, LayerOptions options) {
    super(options);
    this.size = size;
    this.format = format;
  }

  /** Returns the layer that doubles height and width. */
  public static UpSampling2D of() {
    return of(2, 2);
  }

  /** Returns the layer that repeats each line and each column so many times, at least once. */
  public static UpSampling2D of(int height, int width) {
    HeightWidth size = HeightWidth.of(NAME, "size", height, width);
    return new UpSampling2D(size, DataFormat.CHANNELS_LAST, LayerOptions.DEFAULT);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public UpSampling2D dataFormat(@Nullable String value) {
    return new UpSampling2D(size, DataFormat.of(NAME, value), options());
  }

  static UpSampling2D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    if (!reader.string("interpolation", "nearest").equals("nearest")) {
      throw reader.invalid("interpolation", "nearest, as others are not supported");
    }

    UpSampling2D layer =
        new UpSampling2D(
            HeightWidth.read(reader, "size", new HeightWidth(2, 2)),
            DataFormat.read(NAME, reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected UpSampling2D with(LayerOptions newOptions) {
    return new UpSampling2D(size, format, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    ImageShape image = ImageShape.of(NAME, input, format);
    int height = Math.multiplyExact(image.height(), size.height());
    int width = Math.multiplyExact(image.width(), size.width());
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
          sources[to.index(y, x, c)] = from.index(y / size.height(), x / size.width(), c);
        }
      }
    }

    return sources;
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("size", size.toList())
        .put("data_format", format.toString())
        .put("interpolation", "nearest")
        .build();
  }
}
