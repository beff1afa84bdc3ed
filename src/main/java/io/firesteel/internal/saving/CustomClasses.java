package io.firesteel.internal.saving;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The custom classes of all kinds that this JVM knows. */
public final class CustomClasses {

  private static final Map<String, CustomClass> KNOWN = new ConcurrentSkipListMap<>();

  private CustomClasses() {}

  /**
   * Makes a custom class known in the registry of its kind, wherever it comes from.
   *
   * @throws IllegalArgumentException if another class has the name
   */
  public static void register(CustomClass custom) {
    KNOWN.merge(
        custom.key(),
        custom,
        (old, fresh) -> {
          if (!identity(old.type()).equals(identity(fresh.type()))) {
            throw new IllegalArgumentException(
                "The %s '%s' is already registered for %s. Received: %s"
                    .formatted(fresh.kind(), fresh.name(), old.type(), fresh.type()));
          }

          return fresh;
        });
  }

  /** Shells number their classes by line: one that is defined once more is the same class. */
  private static String identity(Class<?> type) {
    String name = type.getName();
    boolean ofShell = name.startsWith("$line") || name.startsWith("REPL.$JShell$");
    return ofShell ? "shell:" + type.getSimpleName() : name;
  }

  /** Returns those of all kinds, sorted. */
  public static List<CustomClass> all() {
    return List.copyOf(KNOWN.values());
  }

  /** Returns those of one kind, by its module, sorted. */
  static List<CustomClass> of(String module) {
    return KNOWN.values().stream().filter(custom -> custom.module().equals(module)).toList();
  }

  static @Nullable CustomClass find(String module, String name) {
    return KNOWN.get(module + ":" + name);
  }
}
