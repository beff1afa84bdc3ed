package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.Arrays;

/**
 * A layer that makes one value of each channel of a whole image or sequence.
 *
 * @param <L> the layer's own class
 */
abstract class GlobalPooling<L extends GlobalPooling<L>> extends KerasLayer<L> {

  private final DataFormat format;
  private final boolean keepdims;

  GlobalPooling(DataFormat format, boolean keepdims, LayerOptions options) {
    super(options);
    this.format = format;
    this.keepdims = keepdims;
  }

  abstract L with(DataFormat newFormat, boolean newKeepdims);

  /** The number of axes that become one value. */
  abstract int places();

  final DataFormat format() {
    return format;
  }

  final boolean isKeepdims() {
    return keepdims;
  }

  /** Returns this layer with the axes kept as extents of 1, or without. */
  public final L keepdims(boolean value) {
    return with(format, value);
  }

  @Override
  public final boolean builtAtInit() {
    return true;
  }

  @Override
  public final Shape computeOutputShape(Shape input) {
    if (input.rank() != places() + 1) {
      throw new IllegalArgumentException(
          "%s needs rows of %d dimensions. Received the shape: %s"
              .formatted(getClass().getSimpleName(), places() + 1, input));
    }

    if (!keepdims) {
      return Shape.of(channels(input));
    }

    int[] dims = new int[input.rank()];
    Arrays.fill(dims, 1);
    dims[isFirst() ? 0 : input.rank() - 1] = channels(input);
    return Shape.of(dims);
  }

  private boolean isFirst() {
    return format == DataFormat.CHANNELS_FIRST;
  }

  final int channels(Shape input) {
    return isFirst() ? input.dim(0) : input.dim(-1);
  }

  /** Returns the index within a row of a channel's first value. */
  final int start(Shape input, int channel) {
    return isFirst() ? channel * (input.size() / channels(input)) : channel;
  }

  /** Returns how far a channel's values are apart. */
  final int stride(Shape input) {
    return isFirst() ? 1 : channels(input);
  }

  @Override
  public final Config getConfig() {
    return baseConfig().put("data_format", format.toString()).put("keepdims", keepdims).build();
  }
}
