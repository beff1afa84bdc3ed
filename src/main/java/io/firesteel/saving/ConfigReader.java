package io.firesteel.saving;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of a {@link Config} with their types and defaults, and refuses what nobody asked
 * for. Every key that is read counts as known; {@link #finish} complains about the rest.
 *
 * <p>The strings NaN, Infinity and -Infinity are numbers, too, for JSON has no others for them.
 *
 * <p>The accessors without a default throw if the key is absent or null; the others return the
 * default for an absent key, and the {@code nullable} ones pass null through.
 */
public final class ConfigReader {

  private final String owner;
  private final Config config;
  private final Set<String> known = new TreeSet<>();

  ConfigReader(String owner, Config config) {
    this.owner = owner;
    this.config = config;
  }

  /** Returns what the config describes, as it stands in errors. */
  public String owner() {
    return owner;
  }

  /** Returns the keys that are there, read or not. */
  public Set<String> keys() {
    return config.keys();
  }

  /** Returns a number. */
  public double number(String key) {
    return toDouble(key, required(key));
  }

  /** Returns a number, or the default if the key is absent. */
  public double number(String key, double absent) {
    return seen(key) ? number(key) : absent;
  }

  /** Returns a number or null, or the default if the key is absent. */
  public @Nullable Double nullableNumber(String key, @Nullable Double absent) {
    if (!seen(key)) {
      return absent;
    }

    Object value = config.get(key);
    return value == null ? null : Double.valueOf(toDouble(key, value));
  }

  /** Returns an integer. */
  public long integer(String key) {
    return toLong(key, required(key));
  }

  /** Returns an integer, or the default if the key is absent. */
  public long integer(String key, long absent) {
    return seen(key) ? integer(key) : absent;
  }

  /** Returns an integer or null, or the default if the key is absent. */
  public @Nullable Long nullableInteger(String key, @Nullable Long absent) {
    if (!seen(key)) {
      return absent;
    }

    Object value = config.get(key);
    return value == null ? null : Long.valueOf(toLong(key, value));
  }

  /** Returns an integer of 32 bits, or the default if the key is absent. */
  public int int32(String key, int absent) {
    long value = integer(key, absent);
    if (value != (int) value) {
      throw invalid(key, "an integer of 32 bits");
    }

    return (int) value;
  }

  /** Returns an integer of at least {@code min} that is an {@code int}: a size or a count. */
  public int size(String key, int min) {
    return Argument.size(owner, key, min, integer(key));
  }

  /** Returns a boolean. */
  public boolean bool(String key) {
    return typed(key, required(key), Boolean.class, "true or false");
  }

  /** Returns a boolean, or the default if the key is absent. */
  public boolean bool(String key, boolean absent) {
    return seen(key) ? bool(key) : absent;
  }

  /** Returns a string. */
  public String string(String key) {
    return typed(key, required(key), String.class, "a string");
  }

  /** Returns a string, or the default if the key is absent. */
  public String string(String key, String absent) {
    return seen(key) ? string(key) : absent;
  }

  /** Returns a string or null; null too if the key is absent. */
  public @Nullable String nullableString(String key) {
    return seen(key) && config.get(key) != null ? string(key) : null;
  }

  /** Returns a nested object. */
  public Config config(String key) {
    return typed(key, required(key), Config.class, "an object");
  }

  /** Returns a nested object or null; null too if the key is absent. */
  public @Nullable Config nullableConfig(String key) {
    return seen(key) && config.get(key) != null ? config(key) : null;
  }

  /** Returns a list of whatever JSON holds. */
  public List<?> list(String key) {
    return typed(key, required(key), List.class, "a list");
  }

  /** Returns a list, empty if the key is absent or null. */
  public List<?> optionalList(String key) {
    return seen(key) && config.get(key) != null ? list(key) : List.of();
  }

  /** Returns a list of strings, empty if the key is absent or null. */
  public List<String> strings(String key) {
    List<String> strings = new ArrayList<>();
    for (Object item : optionalList(key)) {
      strings.add(typed(key, item, String.class, "a list of strings"));
    }

    return strings;
  }

  /** Returns a list of numbers. */
  public List<Double> numbers(String key) {
    List<Double> numbers = new ArrayList<>();
    for (Object item : list(key)) {
      numbers.add(toDouble(key, item));
    }

    return numbers;
  }

  /** Returns the value as it is, null if it is null or absent. */
  public @Nullable Object any(String key) {
    known.add(key);
    return config.get(key);
  }

  /** Tells whether the key is there, and counts it as known. */
  public boolean seen(String key) {
    known.add(key);
    return config.has(key);
  }

  /**
   * Reads {@code dtype}.
   *
   * @throws IllegalArgumentException if it is there and neither float32 nor null
   */
  public void requireFloat32() {
    String dtype = nullableString("dtype");
    if (dtype != null && !dtype.equals("float32")) {
      throw invalid("dtype", "float32 or null");
    }
  }

  /**
   * Ends the reading.
   *
   * @throws IllegalArgumentException if the config has keys that were not read, with their names
   *     and the known ones
   */
  public void finish() {
    List<String> unknown = new ArrayList<>(config.keys());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "%s does not know the field%s %s. Allowed: %s%s"
              .formatted(
                  owner,
                  unknown.size() == 1 ? "" : "s",
                  String.join(", ", unknown.stream().map(k -> "'" + k + "'").toList()),
                  String.join(", ", known),
                  unknown.size() == 1 ? dotted(Argument.didYouMean(unknown.get(0), known)) : ""));
    }
  }

  private static String dotted(String suggestion) {
    return suggestion.isEmpty() ? "" : "." + suggestion;
  }

  /** Returns the error for a value that is out of its range. */
  public IllegalArgumentException invalid(String key, String allowed) {
    return Argument.invalid(owner, key, config.get(key), allowed);
  }

  private Object required(String key) {
    known.add(key);
    Object value = config.get(key);
    if (value == null) {
      throw new IllegalArgumentException(
          config.has(key)
              ? "%s: '%s' must not be null".formatted(owner, key)
              : "%s: the field '%s' is missing. Received: %s"
                  .formatted(owner, key, String.join(", ", config.keys())));
    }

    return value;
  }

  private double toDouble(String key, Object value) {
    if (value instanceof Double || value instanceof Long) {
      return ((Number) value).doubleValue();
    }

    if (value instanceof String text) {
      switch (text) {
        case "NaN" -> {
          return Double.NaN;
        }
        case "Infinity" -> {
          return Double.POSITIVE_INFINITY;
        }
        case "-Infinity" -> {
          return Double.NEGATIVE_INFINITY;
        }
        default -> {}
      }
    }

    throw invalid(key, "a number");
  }

  private long toLong(String key, Object value) {
    if (value instanceof Long number) {
      return number;
    }

    if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
      return number.longValue();
    }

    throw invalid(key, "an integer");
  }

  private <T> T typed(String key, @Nullable Object value, Class<T> type, String expected) {
    if (!type.isInstance(value)) {
      throw invalid(key, expected);
    }

    return type.cast(value);
  }
}
