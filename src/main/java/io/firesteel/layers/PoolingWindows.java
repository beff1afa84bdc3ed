package io.firesteel.layers;

import io.firesteel.tensor.Shape;

/**
 * Where the windows of a pooling layer lie in images of one shape. A batch with the channels first
 * is taken for one of more images with a single channel.
 *
 * @param input the shape of a row
 * @param output the shape of an output row
 * @param images the number of images that a row is taken for
 * @param depth the number of channels of such an image
 */
record PoolingWindows(
    Shape input,
    Shape output,
    int images,
    int depth,
    int height,
    int width,
    int outputHeight,
    int outputWidth,
    int top,
    int left,
    HeightWidth size,
    HeightWidth strides) {

  private static final int VALUES_PER_PART = 1 << 16;

  static PoolingWindows of(String layer, Pooling2D.Arguments arguments, Shape row) {
    ImageShape image = ImageShape.of(layer, row, arguments.format());
    HeightWidth size = arguments.poolSize();
    HeightWidth strides = arguments.strides();
    Padding padding = arguments.padding();
    int high = padding.outputs(image.height(), size.height(), strides.height(), 1);
    int wide = padding.outputs(image.width(), size.width(), strides.width(), 1);
    if (high < 1 || wide < 1) {
      throw new IllegalArgumentException(
          "%s: rows of shape %s are smaller than a window of pool_size=%s"
              .formatted(layer, row, size.toList()));
    }

    boolean first = image.channelsFirst();
    return new PoolingWindows(
        row,
        new ImageShape(high, wide, image.channels(), image.format()).toShape(),
        first ? image.channels() : 1,
        first ? 1 : image.channels(),
        image.height(),
        image.width(),
        high,
        wide,
        padding.before(image.height(), size.height(), strides.height(), 1),
        padding.before(image.width(), size.width(), strides.width(), 1),
        size,
        strides);
  }

  /** Returns the number of lines of windows of a batch, those of all its images. */
  int lines(int rows) {
    return rows * images * outputHeight;
  }

  /** Returns the number of lines that a thread takes at a time, those of whole images. */
  int linesPerPart() {
    return outputHeight * Math.max(1, VALUES_PER_PART / (height * width * depth));
  }

  /** Tells whether the windows are of 2 x 2 places of the image, side by side. */
  boolean areTwoByTwo() {
    return size.height() == 2
        && size.width() == 2
        && strides.equals(size)
        && outputHeight * 2 <= height
        && outputWidth * 2 <= width;
  }

  /** Returns where the windows of a line begin in the output. */
  int outputLine(int line) {
    return line * outputWidth * depth;
  }

  /** Returns where the image of a line begins. */
  int image(int line) {
    return line / outputHeight * (height * width * depth);
  }

  int firstY(int line) {
    return Math.max(0, line % outputHeight * strides.height() - top);
  }

  int endY(int line) {
    return Math.min(height, line % outputHeight * strides.height() - top + size.height());
  }

  int firstX(int window) {
    return Math.max(0, window * strides.width() - left);
  }

  int endX(int window) {
    return Math.min(width, window * strides.width() - left + size.width());
  }
}
