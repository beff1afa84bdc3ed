package io.firesteel.checkpoint;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The names that Keras gives to the groups of a weights file: the snake-cased class names, made
 * unique in order of appearance.
 *
 * <p>Source: Keras 3.15, keras/src/utils/naming.py and keras/src/saving/saving_lib.py.
 */
final class KerasGroups {

  private final Map<String, Integer> used = new HashMap<>();

  /** Returns the group of the next object of a container, e.g. {@code dense_1}. */
  String next(String className) {
    String name = snakeCase(className);
    int count = used.merge(name, 1, Integer::sum);
    return count == 1 ? name : name + "_" + (count - 1);
  }

  /** Returns a class name in snake case, e.g. {@code input_layer}, {@code rm_sprop}. */
  static String snakeCase(String className) {
    return className
        .replaceAll("(?U)\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
