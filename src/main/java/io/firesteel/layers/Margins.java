package io.firesteel.layers;

import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.List;

/**
 * How many places before and behind each axis of an image or sequence, as padding and cropping have
 * them.
 */
record Margins(int top, int bottom, int left, int right) {

  private static final String ALLOWED =
      "an integer >= 0, one for each axis, or a pair (before, behind) for each axis";

  /** Reads an integer, a list of one for each axis, or a list of a pair for each axis. */
  static Margins readImage(ConfigReader reader, String key, int absent) {
    List<Object> axes = reader.any(key) == null ? List.of() : both(reader, key);
    if (axes.isEmpty()) {
      return new Margins(absent, absent, absent, absent);
    }

    int[] vertical = pair(reader, key, axes.get(0));
    int[] horizontal = pair(reader, key, axes.get(1));
    return new Margins(vertical[0], vertical[1], horizontal[0], horizontal[1]);
  }

  /** Reads an integer or a pair for the one axis of a sequence. */
  static Margins readSequence(ConfigReader reader, String key, int absent) {
    Object given = reader.any(key);
    int[] pair = given == null ? new int[] {absent, absent} : pair(reader, key, given);
    return new Margins(pair[0], pair[1], 0, 0);
  }

  private static List<Object> both(ConfigReader reader, String key) {
    Object given = reader.any(key);
    if (given instanceof Long number) {
      return List.of(number, number);
    }

    if (given instanceof List<?> list && list.size() == 2) {
      return new ArrayList<>(list);
    }

    throw reader.invalid(key, ALLOWED);
  }

  private static int[] pair(ConfigReader reader, String key, Object given) {
    List<?> values = given instanceof List<?> list ? list : List.of(given, given);
    if (values.size() != 2) {
      throw reader.invalid(key, ALLOWED);
    }

    int[] pair = new int[2];
    for (int i = 0; i < 2; i++) {
      if (!(values.get(i) instanceof Long number) || number < 0 || number > Integer.MAX_VALUE) {
        throw reader.invalid(key, ALLOWED);
      }

      pair[i] = number.intValue();
    }

    return pair;
  }

  /** As a config of an image's layer has them. */
  List<List<Integer>> toImageConfig() {
    return List.of(List.of(top, bottom), List.of(left, right));
  }

  /** As a config of a sequence's layer has them. */
  List<Integer> toSequenceConfig() {
    return List.of(top, bottom);
  }
}
