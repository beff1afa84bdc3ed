package io.firesteel.internal.saving;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** How Keras makes the name of an object from the name of its class. */
public final class KerasNames {

  private KerasNames() {}

  /**
   * Returns a class name in Keras's snake case: {@code Dense} becomes {@code dense}, {@code AdamW}
   * {@code adam_w}, {@code RMSprop} {@code rm_sprop}, {@code SGD} {@code sgd}. {@code
   * GroupQueryAttention} is what Keras calls {@code GroupedQueryAttention} in configs alone.
   *
   * <p>Source: Keras 3.15, keras/src/utils/naming.py.
   */
  public static String snakeCase(String className) {
    String own = className.equals("GroupQueryAttention") ? "GroupedQueryAttention" : className;
    return own.replaceAll("(?U)\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  /**
   * The names that Keras gives to the groups of a weights file: the snake-cased class names, made
   * unique in order of appearance.
   *
   * <p>Source: Keras 3.15, keras/src/utils/naming.py and keras/src/saving/saving_lib.py.
   */
  public static final class Groups {

    private final Map<String, Integer> used = new HashMap<>();

    /** Returns the group of the next object of a container, e.g. {@code dense_1}. */
    public String next(String className) {
      String name = snakeCase(className);
      int count = used.merge(name, 1, Integer::sum);
      return count == 1 ? name : name + "_" + (count - 1);
    }
  }
}
