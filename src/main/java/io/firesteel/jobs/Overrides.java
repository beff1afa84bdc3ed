package io.firesteel.jobs;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sets fields of a job by {@code a.b.c=VALUE}. The value is JSON if it parses as such, else a
 * string. Missing objects on the way are made; in a list the name is an index, and the index after
 * the last one appends.
 */
final class Overrides {

  private static final String VALUE = "value";

  private Overrides() {}

  /**
   * Returns a job with fields set, one after the other.
   *
   * @throws IllegalArgumentException if a setting has no {@code =} or leads through something that
   *     has no fields
   */
  static Config apply(Config job, List<String> settings) {
    Config result = job;
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "--set needs FIELD=VALUE, e.g. fit.epochs=5. Received: " + setting);
      }

      String field = setting.substring(0, equals);
      List<String> path = Arrays.asList(field.split("\\.", -1));
      if (path.contains("")) {
        throw new IllegalArgumentException(
            "--set needs names between the dots of the field. Received: " + field);
      }

      result = (Config) set(result, path, value(setting.substring(equals + 1)), field);
    }

    return result;
  }

  private static @Nullable Object value(String text) {
    try {
      Config parsed = Config.parse("{\"%s\": %s}".formatted(VALUE, text));
      return parsed.keys().size() == 1 ? parsed.get(VALUE) : text;
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private static Object set(
      @Nullable Object target, List<String> path, @Nullable Object value, String field) {
    String name = path.get(0);
    List<String> rest = path.subList(1, path.size());
    if (target instanceof List<?> list) {
      List<@Nullable Object> items = new ArrayList<>(list);
      int index = index(name, items.size(), field);
      if (index == items.size()) {
        items.add(null);
      }

      items.set(index, rest.isEmpty() ? value : set(items.get(index), rest, value, field));
      return items;
    }

    if (target != null && !(target instanceof Config)) {
      throw new IllegalArgumentException(
          "--set %s: '%s' can't be set in %s, which has no fields".formatted(field, name, target));
    }

    Config config = target == null ? Config.empty() : (Config) target;
    return config.with(name, rest.isEmpty() ? value : set(config.get(name), rest, value, field));
  }

  private static int index(String name, int size, String field) {
    if (name.matches("[0-9]{1,9}") && Integer.parseInt(name) <= size) {
      return Integer.parseInt(name);
    }

    throw new IllegalArgumentException(
        "--set %s: '%s' must be an index of a list, from 0 to %d".formatted(field, name, size));
  }
}
