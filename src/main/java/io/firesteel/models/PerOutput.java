package io.firesteel.models;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** An argument of {@code compile} that may be given for each output, by place or by name. */
final class PerOutput {

  private PerOutput() {}

  /**
   * Returns what was given for each output: one thing for all, a list, or an object by name.
   *
   * @param argument the name of the argument, for errors
   * @throws IllegalArgumentException if the length or a name does not fit the outputs
   */
  static List<@Nullable Object> single(
      String argument, @Nullable Object given, List<String> outputs) {
    Map<String, ?> named = named(given);
    if (named != null) {
      return byName(argument, named, outputs);
    }

    if (!(given instanceof List<?> list)) {
      return Collections.nCopies(outputs.size(), given);
    }

    requireLength(argument, list, outputs);
    return new ArrayList<>(list);
  }

  /** Returns the list that was given for each output; of one output, the list itself. */
  static List<List<Object>> lists(String argument, @Nullable Object given, List<String> outputs) {
    List<@Nullable Object> each;
    boolean flat = given instanceof List<?> list && list.stream().noneMatch(List.class::isInstance);
    if (given == null || (given instanceof List<?> none && none.isEmpty())) {
      each = Collections.nCopies(outputs.size(), null);
    } else if (outputs.size() == 1 && flat) {
      each = List.of(given);
    } else {
      each = single(argument, given, outputs);
    }

    List<List<Object>> lists = new ArrayList<>();
    for (Object one : each) {
      List<?> own = one == null ? List.of() : one instanceof List<?> l ? l : List.of(one);
      lists.add(withoutNull(argument, own));
    }

    return lists;
  }

  private static List<Object> withoutNull(String argument, List<?> given) {
    List<Object> list = new ArrayList<>();
    for (Object each : given) {
      if (each == null) {
        throw new IllegalArgumentException(
            "compile: '%s' must not hold null. Received: %s".formatted(argument, given));
      }

      list.add(each);
    }

    return List.copyOf(list);
  }

  /** Returns an object by name, which a serialized loss or metric is not; else null. */
  private static @Nullable Map<String, ?> named(@Nullable Object given) {
    if (given instanceof Config config && !config.has("class_name")) {
      Map<String, Object> map = new LinkedHashMap<>();
      config.keys().forEach(key -> map.put(key, config.get(key)));
      return map;
    }

    if (given instanceof Map<?, ?> map && !map.containsKey("class_name")) {
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put(String.valueOf(key), value));
      return copy;
    }

    return null;
  }

  private static List<@Nullable Object> byName(
      String argument, Map<String, ?> named, List<String> outputs) {
    Set<String> unknown = new TreeSet<>(named.keySet());
    outputs.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "compile: '%s' must name outputs of the model, which are %s. Received: %s"
              .formatted(argument, outputs, unknown));
    }

    List<@Nullable Object> each = new ArrayList<>();
    outputs.forEach(output -> each.add(named.get(output)));
    return each;
  }

  private static void requireLength(String argument, List<?> list, List<String> outputs) {
    if (list.size() != outputs.size()) {
      throw new IllegalArgumentException(
          "compile: '%s' needs as many entries as the model has outputs, %s. Received: %s"
              .formatted(argument, outputs, list));
    }
  }
}
