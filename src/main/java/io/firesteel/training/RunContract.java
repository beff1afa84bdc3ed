package io.firesteel.training;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What must be the same in a resumed run for its weights to be those of the uninterrupted one: the
 * model, the optimizer, the data, the batches, the callbacks. Epochs, the cadence of checkpoints,
 * the cluster and the output are not part of it.
 */
final class RunContract {

  private RunContract() {}

  /**
   * Compares two contracts.
   *
   * @throws IllegalArgumentException with one line for each field that differs
   */
  static void requireSame(Config saved, Config current, String location) {
    Map<String, @Nullable Object> before = new TreeMap<>();
    Map<String, @Nullable Object> now = new TreeMap<>();
    flatten("", saved, before);
    flatten("", current, now);
    List<String> differences = new ArrayList<>();
    TreeMap<String, @Nullable Object> all = new TreeMap<>(before);
    all.putAll(now);
    for (String field : all.keySet()) {
      if (!Objects.equals(before.get(field), now.get(field))
          || before.containsKey(field) != now.containsKey(field)) {
        differences.add(
            "  %s: the checkpoint has %s, this run has %s"
                .formatted(field, text(before, field), text(now, field)));
      }
    }

    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "The checkpoint in %s is of another run, and nothing was changed. Only epochs, the checkpoint cadence, cluster settings and the output may differ. Choose another checkpoint location, or undo:%n%s"
              .formatted(location, String.join(System.lineSeparator(), differences)));
    }
  }

  private static String text(Map<String, @Nullable Object> fields, String field) {
    return fields.containsKey(field) ? String.valueOf(fields.get(field)) : "nothing";
  }

  private static void flatten(
      String path, @Nullable Object value, Map<String, @Nullable Object> fields) {
    if (value instanceof Config config && !config.keys().isEmpty()) {
      for (String key : config.keys()) {
        flatten(path.isEmpty() ? key : path + "." + key, config.get(key), fields);
      }
    } else if (value instanceof List<?> list && list.stream().anyMatch(Config.class::isInstance)) {
      for (int i = 0; i < list.size(); i++) {
        flatten(path + "[" + i + "]", list.get(i), fields);
      }
    } else {
      fields.put(path, value);
    }
  }
}
