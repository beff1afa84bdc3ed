package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The windows of a convolution over a space of one, two or three axes.
 *
 * @param layer the name of the layer's class
 * @param kernelSize the extents of a window
 * @param strides how far windows lie apart
 * @param dilation how far the places of a window are apart
 */
record ConvWindows(
    String layer,
    int[] kernelSize,
    int[] strides,
    Padding padding,
    DataFormat format,
    int[] dilation) {

  private static final List<String> AXES =
      List.of("columns", "rows, columns", "depth, height, width");

  static ConvWindows of(String layer, int axes, int... kernelSize) {
    int[] one = ones(axes);
    int[] size = extents(layer, "kernel_size", axes, kernelSize);
    return new ConvWindows(layer, size, one, Padding.VALID, DataFormat.CHANNELS_LAST, one);
  }

  private static int[] ones(int axes) {
    return IntStream.generate(() -> 1).limit(axes).toArray();
  }

  /** Returns a number for each axis, of one for all or one for each. */
  private static int[] extents(String layer, String key, int axes, int... given) {
    int[] all =
        given.length == 1 ? IntStream.generate(() -> given[0]).limit(axes).toArray() : given;
    Argument.require(
        layer,
        key,
        Arrays.toString(given),
        all.length == axes && Arrays.stream(all).allMatch(extent -> extent >= 1),
        axes == 1 ? "one integer >= 1" : "one or %d integers >= 1".formatted(axes));
    return all;
  }

  ConvWindows withStrides(int... numbers) {
    int[] all = extents(layer, "strides", axes(), numbers);
    return new ConvWindows(layer, kernelSize, all, padding, format, dilation).check();
  }

  ConvWindows withDilation(int... numbers) {
    int[] all = extents(layer, "dilation_rate", axes(), numbers);
    return new ConvWindows(layer, kernelSize, strides, padding, format, all).check();
  }

  ConvWindows withPadding(Padding value) {
    return new ConvWindows(layer, kernelSize, strides, value, format, dilation);
  }

  ConvWindows withFormat(DataFormat value) {
    return new ConvWindows(layer, kernelSize, strides, padding, value, dilation);
  }

  private ConvWindows check() {
    if (Arrays.stream(strides).max().orElse(1) > 1 && Arrays.stream(dilation).max().orElse(1) > 1) {
      throw new IllegalArgumentException(
          "%s: only one of 'strides' and 'dilation_rate' can be above 1. Received: strides=%s, dilation_rate=%s"
              .formatted(layer, Arrays.toString(strides), Arrays.toString(dilation)));
    }

    return this;
  }

  /** Returns windows of the same size that lie one place apart and keep the extents of a space. */
  ConvWindows keepingExtents() {
    int[] one = ones(axes());
    return new ConvWindows(layer, kernelSize, one, Padding.SAME, format, one);
  }

  int axes() {
    return kernelSize.length;
  }

  static ConvWindows read(ConfigReader reader, int axes) {
    return of(reader.owner(), axes, numbers(reader, "kernel_size", axes))
        .withStrides(numbers(reader, "strides", axes))
        .withDilation(numbers(reader, "dilation_rate", axes))
        .withPadding(Padding.of(reader.owner(), reader.string("padding", "valid")))
        .withFormat(DataFormat.read(reader.owner(), reader));
  }

  private static int[] numbers(ConfigReader reader, String key, int axes) {
    Object given = reader.any(key);
    if (given == null && !key.equals("kernel_size")) {
      return ones(axes);
    }

    List<?> list = given instanceof List<?> several ? several : Arrays.asList(given);
    int[] numbers = new int[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(list.get(i) instanceof Long number) || number.intValue() != number) {
        throw reader.invalid(key, "integers >= 1");
      }

      numbers[i] = number.intValue();
    }

    return numbers;
  }

  void put(Config.Builder config) {
    config
        .put("kernel_size", Shape.of(kernelSize).toList())
        .put("strides", Shape.of(strides).toList())
        .put("padding", padding.toString())
        .put("data_format", format.toString())
        .put("dilation_rate", Shape.of(dilation).toList());
  }

  private boolean isLast() {
    return format == DataFormat.CHANNELS_LAST;
  }

  /** Returns the extents of the space in rows of steps. */
  int[] extents(Shape row) {
    if (row.rank() != axes() + 2) {
      String space = AXES.get(axes() - 1);
      throw new IllegalArgumentException(
          "%s needs rows of %d dimensions (steps, %s). Received the shape: %s"
              .formatted(
                  layer, axes() + 2, isLast() ? space + ", channels" : "channels, " + space, row));
    }

    int first = isLast() ? 1 : 2;
    return Arrays.copyOfRange(row.dims(), first, first + axes());
  }

  /** Returns the number of channels of rows of steps. */
  int channels(Shape row) {
    return row.dim(isLast() ? -1 : 1);
  }

  /**
   * Returns the extents of what comes out of a row of steps.
   *
   * @throws IllegalArgumentException if a window is larger than the space
   */
  int[] outputs(Shape row) {
    int[] extents = extents(row);
    int[] outputs = new int[axes()];
    for (int axis = 0; axis < outputs.length; axis++) {
      outputs[axis] =
          padding.outputs(extents[axis], kernelSize[axis], strides[axis], dilation[axis]);
      if (outputs[axis] < 1) {
        throw new IllegalArgumentException(
            "%s: rows of shape %s are smaller than a window of kernel_size=%s, dilation_rate=%s"
                .formatted(layer, row, Arrays.toString(kernelSize), Arrays.toString(dilation)));
      }
    }

    return outputs;
  }

  /** Returns the shape of a step of so many channels. */
  Shape step(int[] extents, int channels) {
    IntStream space = Arrays.stream(extents);
    IntStream last = IntStream.of(channels);
    return Shape.of(
        (isLast() ? IntStream.concat(space, last) : IntStream.concat(last, space)).toArray());
  }

  /** Returns the shape of a kernel. */
  Shape kernel(int channels, int filters) {
    return Shape.of(
        IntStream.concat(Arrays.stream(kernelSize), IntStream.of(channels, filters)).toArray());
  }
}
