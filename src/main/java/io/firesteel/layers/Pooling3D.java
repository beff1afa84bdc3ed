package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A layer that makes one value of each window of a volume, channel by channel: first of its frames,
 * and then of what comes of these, as the windows are boxes.
 *
 * @param <L> the layer's own class
 * @param <P> the pooling of images
 */
abstract class Pooling3D<L extends Pooling3D<L, P>, P extends Pooling2D<P>> extends KerasLayer<L> {

  /** The poolings along height and width, and along the depth. */
  record Parts<P>(P frames, P depth, DataFormat format) {}

  private final Parts<P> parts;

  Pooling3D(Parts<P> parts, LayerOptions options) {
    super(options);
    this.parts = parts;
  }

  abstract L with(Parts<P> newParts, LayerOptions newOptions);

  /** Returns the poolings of windows of those sizes, side by side. */
  static <P extends Pooling2D<P>> Parts<P> parts(
      String layer, BiFunction<Integer, Integer, P> pooling, int... size) {
    Volumes.sizes(layer, "pool_size", 1, size);
    return new Parts<>(
        pooling.apply(size[1], size[2]), pooling.apply(size[0], 1), DataFormat.CHANNELS_LAST);
  }

  /** Reads the arguments; strides that are absent or null are the pool size. */
  static <P extends Pooling2D<P>> Parts<P> read(
      String layer, ConfigReader reader, BiFunction<Integer, Integer, P> pooling) {
    int[] size = Volumes.read(reader, "pool_size", 2);
    int[] given = Volumes.readOrNull(reader, "strides", 1);
    int[] strides = given == null ? size : given;
    String padding = reader.string("padding", "valid");
    Padding.of(layer, padding);
    Parts<P> parts = parts(layer, pooling, size);
    return new Parts<>(
        parts.frames.strides(strides[1], strides[2]).padding(padding),
        parts.depth.strides(strides[0], 1).padding(padding),
        DataFormat.read(layer, reader));
  }

  /** Returns this layer with windows that begin so many places apart on all axes. */
  public final L strides(int all) {
    return strides(all, all, all);
  }

  /** Returns this layer with windows that begin so many places apart. */
  public final L strides(int depth, int height, int width) {
    Volumes.sizes(getClass().getSimpleName(), "strides", 1, depth, height, width);
    P frames = parts.frames.strides(height, width);
    return with(new Parts<>(frames, parts.depth.strides(depth, 1), parts.format), options());
  }

  /** Returns this layer with the padding {@code valid} or {@code same}. */
  public final L padding(String value) {
    P frames = parts.frames.padding(value);
    return with(new Parts<>(frames, parts.depth.padding(value), parts.format), options());
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public final L dataFormat(@Nullable String value) {
    DataFormat format = DataFormat.of(getClass().getSimpleName(), value);
    return with(new Parts<>(parts.frames, parts.depth, format), options());
  }

  @Override
  protected final L with(LayerOptions newOptions) {
    return with(parts, newOptions);
  }

  @Override
  public final boolean builtAtInit() {
    return true;
  }

  /** The shapes between: frames as images, and then the depth as the height of one. */
  private record Steps(int volumes, Shape frame, Shape pooled, Shape column, Shape output) {
    int frames() {
      return column.dim(0);
    }
  }

  /** With the channels first, each of them is a volume of its own. */
  private Steps steps(Shape input) {
    String name = getClass().getSimpleName();
    int[] extents = Volumes.extents(name, input, parts.format);
    int channels = Volumes.channels(input, parts.format);
    boolean first = parts.format == DataFormat.CHANNELS_FIRST;
    Shape frame = Shape.of(extents[1], extents[2], first ? 1 : channels);
    try {
      Shape pooled = parts.frames.computeOutputShape(frame);
      Shape column = Shape.of(extents[0], 1, pooled.size());
      int depth = parts.depth.computeOutputShape(column).dim(0);
      int[] outputs = {depth, pooled.dim(0), pooled.dim(1)};
      Shape output = Volumes.of(outputs, channels, parts.format);
      return new Steps(first ? channels : 1, frame, pooled, column, output);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s: rows of shape %s are smaller than a window of pool_size=%s"
              .formatted(name, input, getConfig().get("pool_size")),
          e);
    }
  }

  @Override
  public final Shape computeOutputShape(Shape input) {
    return steps(input).output;
  }

  private static InnerCall ofFrames(Steps steps, LayerCall call) {
    int rows = call.rows() * steps.volumes * steps.frames();
    float[] pooled = call.scratch(0, rows * steps.pooled.size());
    return new InnerCall(call, rows, 0, 0).values(call.input(), pooled, null);
  }

  private static InnerCall ofDepth(Steps steps, LayerCall call, InnerCall frames) {
    return new InnerCall(call, call.rows() * steps.volumes, 0, 0)
        .values(frames.output(), call.output(), null);
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    Steps steps = steps(input);
    InnerCall frames = ofFrames(steps, call);
    parts.frames.forward(steps.frame, frames);
    parts.depth.forward(steps.column, ofDepth(steps, call, frames));
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    if (call.inputGradient() == null) {
      return;
    }

    Steps steps = steps(input);
    InnerCall frames = ofFrames(steps, call);
    float[] ofPooled = call.scratch(1, frames.rows() * steps.pooled.size());
    InnerCall depth = ofDepth(steps, call, frames);
    parts.depth.backward(steps.column, depth.gradients(call.outputGradient(), ofPooled));
    parts.frames.backward(steps.frame, frames.gradients(ofPooled, call.inputGradient()));
  }

  private static List<Integer> list(int depth, HeightWidth others) {
    return List.of(depth, others.height(), others.width());
  }

  @Override
  public final Config getConfig() {
    Pooling2D.Arguments frames = parts.frames.arguments();
    Pooling2D.Arguments depth = parts.depth.arguments();
    return baseConfig()
        .put("pool_size", list(depth.poolSize().height(), frames.poolSize()))
        .put("padding", frames.padding().toString())
        .put("strides", list(depth.strides().height(), frames.strides()))
        .put("data_format", parts.format.toString())
        .build();
  }
}
