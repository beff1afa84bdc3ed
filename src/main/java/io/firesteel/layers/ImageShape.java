package io.firesteel.layers;

import io.firesteel.tensor.Shape;

/** The shape of a row that is an image. */
record ImageShape(int height, int width, int channels, DataFormat format) {

  static ImageShape of(String layer, Shape row, DataFormat format) {
    boolean last = format == DataFormat.CHANNELS_LAST;
    if (row.rank() != 3) {
      throw new IllegalArgumentException(
          "%s needs rows of three dimensions (%s). Received the shape: %s"
              .formatted(layer, last ? "height, width, channels" : "channels, height, width", row));
    }

    return last
        ? new ImageShape(row.dim(0), row.dim(1), row.dim(2), format)
        : new ImageShape(row.dim(1), row.dim(2), row.dim(0), format);
  }

  boolean channelsFirst() {
    return format == DataFormat.CHANNELS_FIRST;
  }

  /** Returns the index within a row of a value. */
  int index(int y, int x, int channel) {
    return channelsFirst()
        ? (channel * height + y) * width + x
        : (y * width + x) * channels + channel;
  }

  /** Returns the index within a row of a value, {@link GatherLayer#NOWHERE} outside the image. */
  int indexOrNowhere(int y, int x, int channel) {
    boolean inside = y >= 0 && y < height && x >= 0 && x < width;
    return inside ? index(y, x, channel) : GatherLayer.NOWHERE;
  }

  Shape toShape() {
    return channelsFirst() ? Shape.of(channels, height, width) : Shape.of(height, width, channels);
  }
}
