package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Larger images: each line and column is repeated, or the values between them are interpolated
 * (Keras 3.15, keras/src/layers/reshaping/up_sampling2d.py, on JAX).
 */
public final class UpSampling2D extends GatherLayer<UpSampling2D> {

  private static final String NAME = "UpSampling2D";

  private final HeightWidth size;
  private final DataFormat format;
  private final Interpolation interpolation;

  private UpSampling2D(
      HeightWidth size, DataFormat format, Interpolation interpolation, LayerOptions options) {
    super(options);
    this.size = size;
    this.format = format;
    this.interpolation = interpolation;
  }

  /** Returns the layer that doubles height and width. */
  public static UpSampling2D of() {
    return of(2, 2);
  }

  /** Returns the layer that repeats each line and each column so many times, at least once. */
  public static UpSampling2D of(int height, int width) {
    HeightWidth size = HeightWidth.of(NAME, "size", height, width);
    return new UpSampling2D(
        size, DataFormat.CHANNELS_LAST, Interpolation.NEAREST, LayerOptions.DEFAULT);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public UpSampling2D dataFormat(@Nullable String value) {
    return new UpSampling2D(size, DataFormat.of(NAME, value), interpolation, options());
  }

  /**
   * Returns this layer with values between the places that are {@code nearest}, {@code bilinear},
   * {@code bicubic}, {@code lanczos3} or {@code lanczos5}.
   */
  public UpSampling2D interpolation(String value) {
    return new UpSampling2D(size, format, Interpolation.of(NAME, value), options());
  }

  static UpSampling2D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    UpSampling2D layer =
        new UpSampling2D(
            HeightWidth.read(reader, "size", new HeightWidth(2, 2)),
            DataFormat.read(NAME, reader),
            Interpolation.of(NAME, reader.string("interpolation", "nearest")),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected UpSampling2D with(LayerOptions newOptions) {
    return new UpSampling2D(size, format, interpolation, newOptions);
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
    int taps = interpolation.taps();
    int[] sources = new int[output.size() * taps * taps];
    for (int y = 0; y < to.height(); y++) {
      int line = interpolation.first(y, size.height());
      for (int x = 0; x < to.width(); x++) {
        int column = interpolation.first(x, size.width());
        for (int c = 0; c < to.channels(); c++) {
          int start = to.index(y, x, c) * taps * taps;
          for (int tap = 0; tap < taps * taps; tap++) {
            sources[start + tap] = from.indexOrNowhere(line + tap / taps, column + tap % taps, c);
          }
        }
      }
    }

    return sources;
  }

  @Override
  float @Nullable [] factors(Shape input, Shape output) {
    if (interpolation == Interpolation.NEAREST) {
      return null;
    }

    ImageShape from = ImageShape.of(NAME, input, format);
    ImageShape to = ImageShape.of(NAME, output, format);
    int taps = interpolation.taps();
    float[] factors = new float[output.size() * taps * taps];
    for (int y = 0; y < to.height(); y++) {
      float[] lines = interpolation.weights(y, size.height(), from.height());
      for (int x = 0; x < to.width(); x++) {
        float[] columns = interpolation.weights(x, size.width(), from.width());
        for (int c = 0; c < to.channels(); c++) {
          int start = to.index(y, x, c) * taps * taps;
          for (int tap = 0; tap < taps * taps; tap++) {
            factors[start + tap] = lines[tap / taps] * columns[tap % taps];
          }
        }
      }
    }

    return factors;
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("size", size.toList())
        .put("data_format", format.toString())
        .put("interpolation", interpolation.toString())
        .build();
  }
}
