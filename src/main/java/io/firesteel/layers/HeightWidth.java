package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.ConfigReader;
import java.util.List;

/** A number along the height of an image, and one along its width, each at least 1. */
record HeightWidth(int height, int width) {

  private static final String ALLOWED = "one or two integers >= 1";

  static HeightWidth of(String layer, String argument, int height, int width) {
    boolean ok = height >= 1 && width >= 1;
    Argument.require(layer, argument, List.of(height, width), ok, ALLOWED);
    return new HeightWidth(height, width);
  }

  /** Reads one integer, which counts for both axes, or two. */
  static HeightWidth read(ConfigReader reader, String key, HeightWidth absent) {
    return reader.any(key) == null ? absent : read(reader, key);
  }

  static HeightWidth read(ConfigReader reader, String key) {
    Object given = reader.any(key);
    Object height = given;
    Object width = given;
    if (given instanceof List<?> list && list.size() == 2) {
      height = list.get(0);
      width = list.get(1);
    }

    if (!(height instanceof Long first) || !(width instanceof Long second)) {
      throw reader.invalid(key, ALLOWED);
    }

    if (Math.min(first, second) < 1 || Math.max(first, second) > Integer.MAX_VALUE) {
      throw reader.invalid(key, ALLOWED);
    }

    return new HeightWidth(first.intValue(), second.intValue());
  }

  boolean isOne() {
    return height == 1 && width == 1;
  }

  List<Integer> toList() {
    return List.of(height, width);
  }
}
