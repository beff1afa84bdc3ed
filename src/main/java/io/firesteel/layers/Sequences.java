package io.firesteel.layers;

import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;

/** Rows that are sequences: steps, each of some features. */
final class Sequences {

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
   * Reads {@code data_format} where only one is supported.
   *
   * @throws IllegalArgumentException if the steps do not come first
   */
  static void requireChannelsLast(ConfigReader reader) {
    String format = reader.nullableString("data_format");
    if (format != null && !format.equals("channels_last")) {
      throw reader.invalid(
          "data_format", "channels_last, as others are not supported for sequences");
    }
  }

  /** Returns the shape of a sequence as an image of one column. */
  static Shape toImage(String layer, Shape row) {
    require(layer, row);
    return Shape.of(row.dim(0), 1, row.dim(1));
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
