package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;

/** Rows that are sequences: steps, each of some features. */
final class Sequences {

  private static final List<String> SIZES = List.of("kernel_size", "strides", "dilation_rate");
  private static final String OUTPUT_PADDING = "output_padding";

  private Sequences() {}

  /**
   * Returns the shape of a row if it is one of a sequence.
   *
   * @throws IllegalArgumentException if it has not two dimensions
   */
  static Shape require(String layer, Shape row) {
    if (row.rank() != 2) {
      throw new IllegalArgumentException(
          "%s needs rows of two dimensions (steps, features). Received the shape: %s"
              .formatted(layer, row));
    }

    return row;
  }

  /**
   * Checks that a sequence is no shorter than a window.
   *
   * @throws IllegalArgumentException if no window lies inside
   */
  static void requireWindow(
      String layer, Shape row, DataFormat format, Padding padding, int kernelSize, int dilation) {
    int steps = require(layer, row).dim(format == DataFormat.CHANNELS_LAST ? 0 : 1);
    if (padding.outputs(steps, kernelSize, 1, dilation) < 1) {
      throw new IllegalArgumentException(
          "%s: rows of shape %s are smaller than a window of kernel_size=%d, dilation_rate=%d"
              .formatted(layer, row, kernelSize, dilation));
    }
  }

  /** Returns the shape of a sequence as an image of one column. */
  static Shape toImage(String layer, Shape row, DataFormat format) {
    require(layer, row);
    return format == DataFormat.CHANNELS_LAST
        ? Shape.of(row.dim(0), 1, row.dim(1))
        : Shape.of(row.dim(0), row.dim(1), 1);
  }

  /** Returns the shape of an image of one column as a sequence. */
  static Shape ofImage(Shape image, DataFormat format) {
    return Shape.of(image.dim(0), image.dim(format == DataFormat.CHANNELS_LAST ? 2 : 1));
  }

  /** Returns the config of a layer of sequences as that of one of images of one column. */
  static Config toImage(String name, Config config) {
    ConfigReader reader = config.reader(name);
    Config extended = config;
    for (String key : SIZES) {
      if (config.has(key)) {
        extended = extended.with(key, List.of(Sequences.readSize(reader, key, 1), 1));
      }
    }

    Object given = config.get(OUTPUT_PADDING);
    Object padding = given instanceof List<?> list && list.size() == 1 ? list.get(0) : given;
    if (padding == null) {
      return extended;
    }

    if (!(padding instanceof Number)) {
      throw reader.invalid(OUTPUT_PADDING, "null, or an integer >= 0, or a list of one");
    }

    return extended.with(OUTPUT_PADDING, List.of(padding, 0));
  }

  /** Returns the config of a layer of images of one column as that of one of sequences. */
  static Config ofImage(Config image) {
    Config config = image;
    for (String key : image.keys()) {
      boolean cut = SIZES.contains(key) || key.equals(OUTPUT_PADDING);
      if (cut && image.get(key) instanceof List<?> both) {
        config = config.with(key, both.subList(0, 1));
      }
    }

    return config;
  }

  /** Returns weights whose kernels have no axis for the columns. */
  static List<WeightSpec> ofImage(List<WeightSpec> weights) {
    return weights.stream().map(Sequences::withoutColumns).toList();
  }

  private static WeightSpec withoutColumns(WeightSpec weight) {
    Shape shape = weight.shape();
    return shape.rank() < 4
        ? weight
        : new WeightSpec(
            weight.name(),
            Shape.of(shape.dim(0), shape.dim(2), shape.dim(3)),
            weight.initializer(),
            weight.regularizer(),
            weight.constraint(),
            weight.trainable());
  }

  /** Reads an integer of at least 1, or a list of one. */
  static int readSize(ConfigReader reader, String key, int absent) {
    Object given = reader.any(key);
    Object value = given instanceof List<?> list && list.size() == 1 ? list.get(0) : given;
    if (value == null) {
      return absent;
    }

    if (!(value instanceof Long size) || size < 1 || size > Integer.MAX_VALUE) {
      throw reader.invalid(key, "an integer >= 1, or a list of one");
    }

    return size.intValue();
  }
}
