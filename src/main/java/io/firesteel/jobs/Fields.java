package io.firesteel.jobs;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the sections of a job file have in common. */
final class Fields {

  private Fields() {}

  /**
   * Returns the reader of a section.
   *
   * @param section the section's name, empty for the job itself
   * @param allowed the fields that a section of its kind has
   * @throws IllegalArgumentException if it has another one, by its whole name such as {@code
   *     fit.epoch}
   */
  static ConfigReader read(String section, Config config, String... allowed) {
    List<String> unknown = new ArrayList<>(config.keys());
    unknown.removeAll(Arrays.asList(allowed));
    if (!unknown.isEmpty()) {
      String prefix = section.isEmpty() ? "" : section + ".";
      throw new IllegalArgumentException(
          "The job has the unknown field%s %s. Allowed%s: %s%s"
              .formatted(
                  unknown.size() == 1 ? "" : "s",
                  String.join(", ", unknown.stream().map(name -> prefix + name).toList()),
                  section.isEmpty() ? "" : " in '" + section + "'",
                  String.join(", ", allowed),
                  unknown.size() == 1 ? suggestion(unknown.get(0), allowed) : ""));
    }

    return config.reader(section.isEmpty() ? "job" : section);
  }

  private static String suggestion(String name, String... allowed) {
    String suggestion = Argument.didYouMean(name, Arrays.asList(allowed));
    return suggestion.isEmpty() ? "" : "." + suggestion;
  }

  /** Returns a string or a list of strings as a list, empty if the field is absent or null. */
  static List<String> stringOrList(ConfigReader reader, String field) {
    @Nullable Object value = reader.any(field);
    if (value == null) {
      return List.of();
    }

    List<String> strings =
        value instanceof String text
            ? List.of(text)
            : value instanceof List<?> ? reader.strings(field) : List.of();
    if (strings.isEmpty() || strings.stream().anyMatch(String::isBlank)) {
      throw reader.invalid(field, "a string or a list of strings, none of them empty");
    }

    return strings;
  }

  /**
   * Returns an object whose fields are strings or lists of strings, as lists by name; empty if the
   * field is something else or absent.
   */
  static Map<String, List<String>> named(ConfigReader reader, String section, String field) {
    if (!(reader.any(field) instanceof Config config)) {
      return Map.of();
    }

    ConfigReader fields = config.reader(section + "." + field);
    Map<String, List<String>> named = new LinkedHashMap<>();
    for (String name : config.keys()) {
      List<String> columns = stringOrList(fields, name);
      if (columns.isEmpty()) {
        throw fields.invalid(name, "a string or a list of strings, none of them empty");
      }

      named.put(name, columns);
    }

    fields.finish();
    if (named.isEmpty()) {
      throw reader.invalid(field, "an object that is not empty");
    }

    return named;
  }

  /**
   * Returns one of several words, in any case of letters, in lower case.
   *
   * @throws IllegalArgumentException if it is another one
   */
  static String oneOf(ConfigReader reader, String field, String absent, String... allowed) {
    String word = reader.string(field, absent).toLowerCase(Locale.ROOT);
    if (!Arrays.asList(allowed).contains(word)) {
      throw reader.invalid(field, "one of " + String.join(", ", allowed));
    }

    return word;
  }

  /** Returns options of a Spark format, all as strings. */
  static Map<String, String> options(String section, @Nullable Config config) {
    Map<String, String> options = new LinkedHashMap<>();
    if (config == null) {
      return options;
    }

    ConfigReader reader = config.reader(section);
    for (String key : config.keys()) {
      Object value = config.get(key);
      if (value == null || value instanceof Config || value instanceof List<?>) {
        throw reader.invalid(key, "a string, a number, true or false");
      }

      options.put(key, value.toString());
    }

    return options;
  }
}
