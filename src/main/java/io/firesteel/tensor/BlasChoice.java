package io.firesteel.tensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the BLAS of this JVM, see {@link MatMul}. */
final class BlasChoice {

  static final String PROPERTY = "firesteel.blas";

  private static final Logger LOG = LoggerFactory.getLogger(BlasChoice.class);
  private static final String AUTO = "auto";
  private static final String SYSTEM = "system";

  private final Map<String, Supplier<BlasLibrary>> byName = new LinkedHashMap<>();
  private final Map<String, Supplier<BlasLibrary>> automatic = new LinkedHashMap<>();

  /** Adds a library, after those that were added before. */
  BlasChoice add(String name, Supplier<BlasLibrary> library) {
    return add(name, library, library);
  }

  /** Adds a library that is opened otherwise if the user names it. */
  BlasChoice add(String name, Supplier<BlasLibrary> auto, Supplier<BlasLibrary> named) {
    automatic.put(name, auto);
    byName.put(name, named);
    return this;
  }

  /** Returns the choice between what may be on this machine. */
  static BlasChoice ofMachine() {
    Supplier<BlasLibrary> openBlas = () -> OpenBlas.open(BlasChoice.class.getClassLoader());
    BlasChoice choice = new BlasChoice();
    if (SystemBlas.isChosen()) {
      choice.add(SYSTEM, SystemBlas::any).add("openblas", openBlas);
    } else {
      choice
          .add("openblas", openBlas)
          .add(SYSTEM, () -> SystemBlas.fastWithOneThread(System.getenv()), SystemBlas::any);
    }

    return choice.add("vector", NetlibBlas::vector).add("java", NetlibBlas::java);
  }

  /**
   * Returns the library of a setting; for {@code auto} the first that works.
   *
   * @throws IllegalArgumentException if there is no such setting
   * @throws IllegalStateException if the library does not work
   */
  BlasLibrary choose(String setting) {
    if (setting.equals(AUTO)) {
      return first();
    }

    Supplier<BlasLibrary> library = byName.get(setting);
    if (library == null) {
      throw new IllegalArgumentException(
          "Unknown %s: %s. Allowed: %s, %s"
              .formatted(PROPERTY, setting, AUTO, String.join(", ", byName.keySet())));
    }

    try {
      BlasLibrary chosen = library.get().checked();
      LOG.info("Matrix products by {}", chosen.name());
      return chosen;
    } catch (LinkageError | RuntimeException e) {
      throw new IllegalStateException(
          "%s=%s, but it can't be used: %s".formatted(PROPERTY, setting, reason(e)), e);
    }
  }

  private BlasLibrary first() {
    StringJoiner refused = new StringJoiner("; ", " (", ")").setEmptyValue("");
    for (Map.Entry<String, Supplier<BlasLibrary>> candidate : automatic.entrySet()) {
      try {
        BlasLibrary chosen = candidate.getValue().get().checked();
        LOG.info("Matrix products by {}{}", chosen.name(), refused);
        return chosen;
      } catch (LinkageError | RuntimeException e) {
        refused.add("not %s: %s".formatted(candidate.getKey(), reason(e)));
      }
    }

    throw new IllegalStateException("No BLAS works" + refused);
  }

  private static String reason(Throwable problem) {
    Throwable cause = problem;
    while (cause.getCause() != null && cause instanceof ExceptionInInitializerError) {
      cause = cause.getCause();
    }

    String message = cause.getMessage();
    return message == null ? cause.toString() : message;
  }
}
