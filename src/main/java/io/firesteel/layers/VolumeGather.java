package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Volumes whose places along each axis are others of the input, or 0.
 *
 * @param <L> the layer's own class
 */
abstract class VolumeGather<L extends VolumeGather<L>> extends GatherLayer<L> {

  private final DataFormat format;

  VolumeGather(DataFormat format, LayerOptions options) {
    super(options);
    this.format = format;
  }

  abstract L with(DataFormat newFormat, LayerOptions newOptions);

  /** Returns the number of places along an axis of the output. */
  abstract int extent(int axis, int input);

  /** Returns which place of the input one along an axis of the output is; it may lie outside. */
  abstract int source(int axis, int place);

  /** Returns the argument and what it is, for messages. */
  abstract String argument();

  final DataFormat format() {
    return format;
  }

  @Override
  protected final L with(LayerOptions newOptions) {
    return with(format, newOptions);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public final L dataFormat(@Nullable String value) {
    return with(DataFormat.of(getClass().getSimpleName(), value), options());
  }

  @Override
  public final Shape computeOutputShape(Shape input) {
    String name = getClass().getSimpleName();
    int[] extents = Volumes.extents(name, input, format);
    for (int axis = 0; axis < extents.length; axis++) {
      extents[axis] = extent(axis, extents[axis]);
      if (extents[axis] < 1) {
        throw new IllegalArgumentException(
            "%s: must leave something of rows of shape %s. Received: %s"
                .formatted(name, input, argument()));
      }
    }

    return Volumes.of(extents, Volumes.channels(input, format), format);
  }

  @Override
  final int[] sources(Shape input, Shape output) {
    String name = getClass().getSimpleName();
    int[] in = Volumes.extents(name, input, format);
    int[] out = Volumes.extents(name, output, format);
    int channels = Volumes.channels(input, format);
    boolean last = format == DataFormat.CHANNELS_LAST;
    int places = out[0] * out[1] * out[2];
    int[] sources = new int[output.size()];
    for (int i = 0; i < sources.length; i++) {
      int channel = last ? i % channels : i / places;
      int place = last ? i / channels : i % places;
      int z = source(0, place / (out[1] * out[2]));
      int y = source(1, place / out[2] % out[1]);
      int x = source(2, place % out[2]);
      boolean inside = isInside(z, in[0]) && isInside(y, in[1]) && isInside(x, in[2]);
      int from = (z * in[1] + y) * in[2] + x;
      int index = last ? from * channels + channel : channel * in[0] * in[1] * in[2] + from;
      sources[i] = inside ? index : NOWHERE;
    }

    return sources;
  }

  private static boolean isInside(int place, int extent) {
    return place >= 0 && place < extent;
  }

  static List<Integer> list(int... numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }
}
