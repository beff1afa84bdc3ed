package io.firesteel.callbacks;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The loss and the metrics of every epoch; {@code fit} returns it.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/history.py. Differs from Keras: a resumed run has the
 * epochs before the interruption too.
 */
public final class History extends Callback {

  private final List<Integer> epochs = new ArrayList<>();
  private final Map<String, List<Double>> values = new LinkedHashMap<>();
  private final Map<String, List<Integer>> epochsOf = new LinkedHashMap<>();

  /** Returns the epochs that were run, from 0. */
  public List<Integer> epoch() {
    return Collections.unmodifiableList(epochs);
  }

  /** Returns one list of values a name, e.g. {@code loss}, {@code val_accuracy}. */
  public Map<String, List<Double>> history() {
    return Collections.unmodifiableMap(values);
  }

  /**
   * Returns the values of a name.
   *
   * @throws IllegalArgumentException if nothing of that name was logged
   */
  public List<Double> values(String name) {
    List<Double> found = values.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "Nothing was logged as '%s'. Available: %s"
              .formatted(name, String.join(", ", values.keySet())));
    }

    return Collections.unmodifiableList(found);
  }

  /** Returns what was logged under a name in an epoch, or null if nothing was. */
  public @Nullable Double value(String name, int epoch) {
    int at = epochsOf.getOrDefault(name, List.of()).indexOf(epoch);
    return at < 0 ? null : values(name).get(at);
  }

  /** Returns the epochs as a table, whose text notebooks draw. */
  public HistoryTable toTable() {
    return HistoryTable.of(this);
  }

  /** Returns the last values by name. */
  public Map<String, Double> last() {
    Map<String, Double> last = new LinkedHashMap<>();
    values.forEach((name, list) -> last.put(name, list.get(list.size() - 1)));
    return last;
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    epochs.clear();
    values.clear();
    epochsOf.clear();
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    epochs.add(epoch);
    logs.forEach(
        (name, value) -> {
          values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
          epochsOf.computeIfAbsent(name, n -> new ArrayList<>()).add(epoch);
        });
  }

  @Override
  public Config state() {
    Config state = Config.builder().put("epoch", epochs).put("history", values).build();
    Map<String, List<Integer>> partial = new LinkedHashMap<>(epochsOf);
    partial.values().removeIf(epochs::equals);
    return partial.isEmpty() ? state : state.with("epochs_of", Config.of(partial));
  }

  @Override
  public void restoreState(Config state) {
    ConfigReader reader = state.reader("History");
    epochs.clear();
    epochs.addAll(integers(reader.list("epoch")));
    values.clear();
    epochsOf.clear();
    Config history = reader.config("history");
    Config partial = reader.nullableConfig("epochs_of");
    ConfigReader lists = history.reader("History");
    for (String name : history.keys()) {
      values.put(name, new ArrayList<>(lists.numbers(name)));
      List<Integer> its =
          partial != null && partial.has(name)
              ? integers(partial.reader("History").list(name))
              : epochs;
      epochsOf.put(name, new ArrayList<>(its));
    }

    lists.finish();
    reader.finish();
  }

  private static List<Integer> integers(List<?> numbers) {
    return numbers.stream().map(number -> ((Number) number).intValue()).toList();
  }

  /** Returns the names with their last values. */
  @Override
  public String toString() {
    return "History(epochs=%d, last=%s)".formatted(epoch().size(), last());
  }
}
