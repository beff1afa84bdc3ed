package io.firesteel.checkpoint;

import io.firesteel.internal.saving.KerasNames;
import java.util.HashMap;
import java.util.Map;

/**
 * The names that Keras gives to the groups of a weights file: the snake-cased class names, made
 * unique in order of appearance.
 *
 * <p>Source: Keras 3.15, keras/src/utils/naming.py and keras/src/saving/saving_lib.py.
 */
public final class KerasGroups {

  private final Map<String, Integer> used = new HashMap<>();

  /** Returns the group of the next object of a container, e.g. {@code dense_1}. */
  public String next(String className) {
    String name = base(className);
    int count = used.merge(name, 1, Integer::sum);
    return count == 1 ? name : name + "_" + (count - 1);
  }

  /** Returns the group of the first object of a class, e.g. {@code dense}. */
  static String base(String className) {
    return KerasNames.snakeCase(className);
  }
}
