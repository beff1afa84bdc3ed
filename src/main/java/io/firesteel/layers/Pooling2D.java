package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A layer that makes one value of each window of an image, channel by channel.
 *
 * @param <L> the layer's own class
 */
public abstract class Pooling2D<L extends Pooling2D<L>> extends KerasLayer<L> {

  /** The arguments. */
  record Arguments(Pair poolSize, Pair strides, Padding padding, DataFormat format) {

    static Arguments of(String layer, int height, int width) {
      Pair size = Pair.of(layer, "pool_size", height, width);
      return new Arguments(size, size, Padding.VALID, DataFormat.CHANNELS_LAST);
    }

    /** Reads the other arguments; strides that are absent or null are the pool size. */
    static Arguments read(String layer, ConfigReader reader, Pair size) {
      return new Arguments(
          size,
          Pair.read(reader, "strides", size),
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

  abstract void forward(PoolingWindows places, int rows, float[] x, float[] y);

  abstract void backward(PoolingWindows places, LayerCall call, float[] ofInput);

  final Arguments arguments() {
    return arguments;
  }

  /** Returns this layer with windows that begin so many places apart on both axes. */
  public final L strides(int both) {
    return strides(both, both);
  }

  /** Returns this layer with windows that begin so many places apart. */
  public final L strides(int height, int width) {
    Pair strides = Pair.of(getClass().getSimpleName(), "strides", height, width);
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
    forward(windows(input), call.rows(), call.input(), call.output());
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput != null) {
      backward(windows(input), call, ofInput);
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
