package io.firesteel.optimizers;

import java.util.Locale;

/**
 * The name of an optimizer that was given none: its class in snake case, e.g. {@code rm_sprop} for
 * {@code RMSprop}.
 *
 * <p>Source: Keras 3.15, {@code keras/src/utils/naming.py}. Differs from Keras: a second optimizer
 * of a class gets no number, so that names don't depend on what the process did before.
 */
final class AutoName {

  private AutoName() {}

  static String of(Class<?> type) {
    return type.getSimpleName()
        .replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
