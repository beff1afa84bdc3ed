package io.firesteel.internal.saving;

import java.util.Locale;

/** How Keras makes the name of an object from the name of its class. */
public final class KerasNames {

  private KerasNames() {}

  /**
   * Returns a class name in Keras's snake case: {@code Dense} becomes {@code dense}, {@code AdamW}
   * {@code adam_w}, {@code RMSprop} {@code rm_sprop}, {@code SGD} {@code sgd}.
   *
   * <p>Source: Keras 3.15, keras/src/utils/naming.py.
   */
  public static String snakeCase(String className) {
    return className
        .replaceAll("(?U)\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
