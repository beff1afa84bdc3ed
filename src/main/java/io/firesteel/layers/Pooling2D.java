package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.SpareCores;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A layer that makes one value of each window of an image, channel by channel.
 *
 * @param <L> the layer's own class
 */
abstract class Pooling2D<L extends Pooling2D<L>> extends KerasLayer<L> {

  /** The arguments. */
  record Arguments(HeightWidth poolSize, HeightWidth strides, Padding padding, DataFormat format) {

    static Arguments of(String layer, int height, int width) {
      HeightWidth size = HeightWidth.of(layer, "pool_size", height, width);
      return new Arguments(size, size, Padding.VALID, DataFormat.CHANNELS_LAST);
    }

    /** Reads the other arguments; strides that are absent or null are the pool size. */
    static Arguments read(String layer, ConfigReader reader, HeightWidth size) {
      return new Arguments(
          size,
          HeightWidth.read(reader, "strides", size),
          Padding.of(layer, reader.string("padding", "valid")),
          DataFormat.read(layer, reader));
    }
  }

  private final Arguments arguments;
  private @Nullable PoolingWindows windows;

  Pooling2D(Arguments arguments, LayerOptions options) {
    super(options);
    this.arguments = arguments;
  }

  abstract L with(Arguments newArguments);

  /** Fills the output of some lines of windows, those of whole images. */
  abstract void forward(PoolingWindows places, int line, int end, float[] x, float[] y);

  /**
   * Adds to the gradient of the input that of some lines, of whole images. It is zero before, but
   * where all of it is written, see {@link #fillsAll}.
   */
  abstract void backward(PoolingWindows places, int line, int end, LayerCall call, float[] ofInput);

  /** Tells whether {@link #backward} writes the gradient of every place, whatever was there. */
  boolean fillsAll(PoolingWindows places) {
    return false;
  }

  final Arguments arguments() {
    return arguments;
  }

  /** Returns this layer with windows that begin so many places apart on both axes. */
  public final L strides(int both) {
    return strides(both, both);
  }

  /** Returns this layer with windows that begin so many places apart. */
  public final L strides(int height, int width) {
    HeightWidth strides = HeightWidth.of(getClass().getSimpleName(), "strides", height, width);
    return with(new Arguments(arguments.poolSize, strides, arguments.padding, arguments.format));
  }

  /** Returns this layer with the padding {@code valid} or {@code same}. */
  public final L padding(String value) {
    Padding padding = Padding.of(getClass().getSimpleName(), value);
    return with(new Arguments(arguments.poolSize, arguments.strides, padding, arguments.format));
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public final L dataFormat(@Nullable String value) {
    DataFormat format = DataFormat.of(getClass().getSimpleName(), value);
    return with(new Arguments(arguments.poolSize, arguments.strides, arguments.padding, format));
  }

  @Override
  public final boolean builtAtInit() {
    return true;
  }

  @Override
  public final Shape computeOutputShape(Shape input) {
    return PoolingWindows.of(getClass().getSimpleName(), arguments, input).output();
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    PoolingWindows places = windows(input);
    int lines = places.lines(call.rows());
    if (SpareCores.shared().areThere()) {
      int size = places.linesPerPart();
      SpareCores.shared()
          .run(
              (lines + size - 1) / size,
              part -> forwardPart(places, part * size, Math.min(lines, (part + 1) * size), call));
    } else {
      forwardPart(places, 0, lines, call);
    }
  }

  private void forwardPart(PoolingWindows places, int line, int end, LayerCall call) {
    forward(places, line, end, call.input(), call.output());
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    if (call.inputGradient() == null) {
      return;
    }

    PoolingWindows places = windows(input);
    int lines = places.lines(call.rows());
    if (SpareCores.shared().areThere()) {
      int size = places.linesPerPart();
      SpareCores.shared()
          .run(
              (lines + size - 1) / size,
              part -> backwardPart(places, part * size, Math.min(lines, (part + 1) * size), call));
    } else {
      backwardPart(places, 0, lines, call);
    }
  }

  private void backwardPart(PoolingWindows places, int line, int end, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput != null) {
      if (!fillsAll(places)) {
        Arrays.fill(ofInput, places.image(line), places.image(end), 0.0f);
      }

      backward(places, line, end, call, ofInput);
    }
  }

  /** Keeps the windows of the last shape, as it is nearly always the same. */
  private PoolingWindows windows(Shape input) {
    PoolingWindows known = windows;
    if (known == null || !known.input().equals(input)) {
      known = PoolingWindows.of(getClass().getSimpleName(), arguments, input);
      windows = known;
    }

    return known;
  }

  @Override
  public final Config getConfig() {
    return baseConfig()
        .put("pool_size", arguments.poolSize.toList())
        .put("padding", arguments.padding.toString())
        .put("strides", arguments.strides.toList())
        .put("data_format", arguments.format.toString())
        .build();
  }
}
