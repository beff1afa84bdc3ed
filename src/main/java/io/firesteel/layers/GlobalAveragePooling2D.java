package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The mean of each channel over a whole image (Keras 3.15,
 * keras/src/layers/pooling/global_average_pooling2d.py).
 */
public final class GlobalAveragePooling2D extends KerasLayer<GlobalAveragePooling2D> {

  private static final String NAME = "GlobalAveragePooling2D";

  private final DataFormat format;
  private final boolean keepdims;

  private GlobalAveragePooling2D(DataFormat format, boolean keepdims, LayerOptions options) {
    super(options);
    this.format = format;
    this.keepdims = keepdims;
  }

  /** Returns the layer for {@code channels_last}, with a vector of channels as output. */
  public static GlobalAveragePooling2D of() {
    return new GlobalAveragePooling2D(DataFormat.CHANNELS_LAST, false, LayerOptions.DEFAULT);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public GlobalAveragePooling2D dataFormat(@Nullable String value) {
    return new GlobalAveragePooling2D(DataFormat.of(NAME, value), keepdims, options());
  }

  /** Returns this layer with height and width kept as extents of 1, or without. */
  public GlobalAveragePooling2D keepdims(boolean value) {
    return new GlobalAveragePooling2D(format, value, options());
  }

  static GlobalAveragePooling2D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    GlobalAveragePooling2D layer =
        new GlobalAveragePooling2D(
            DataFormat.read(NAME, reader),
            reader.bool("keepdims", false),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected GlobalAveragePooling2D with(LayerOptions newOptions) {
    return new GlobalAveragePooling2D(format, keepdims, newOptions);
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    int channels = ImageShape.of(NAME, input, format).channels();
    return keepdims ? new ImageShape(1, 1, channels, format).toShape() : Shape.of(channels);
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    boolean first = format == DataFormat.CHANNELS_FIRST;
    int channels = first ? input.dim(0) : input.dim(2);
    int depth = first ? 1 : channels;
    int places = input.size() / channels;
    int images = first ? call.rows() * channels : call.rows();
    float[] x = call.input();
    float[] y = call.output();
    Arrays.fill(y, 0, images * depth, 0.0f);
    for (int image = 0; image < images; image++) {
      int to = image * depth;
      for (int from = to * places; from < (to + depth) * places; from += depth) {
        for (int c = 0; c < depth; c++) {
          y[to + c] += x[from + c];
        }
      }

      for (int c = 0; c < depth; c++) {
        y[to + c] /= places;
      }
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    boolean first = format == DataFormat.CHANNELS_FIRST;
    int channels = first ? input.dim(0) : input.dim(2);
    int depth = first ? 1 : channels;
    int places = input.size() / channels;
    int images = first ? call.rows() * channels : call.rows();
    float[] ofOutput = call.outputGradient();
    for (int image = 0; image < images; image++) {
      int from = image * depth;
      for (int to = from * places; to < (from + depth) * places; to += depth) {
        for (int c = 0; c < depth; c++) {
          ofInput[to + c] = ofOutput[from + c] / places;
        }
      }
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("data_format", format.toString()).put("keepdims", keepdims).build();
  }
}
