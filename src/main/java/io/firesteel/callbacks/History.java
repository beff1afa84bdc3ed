package io.firesteel.callbacks;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The loss and the metrics of every epoch; {@code fit} returns it.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/history.py. Differs from Keras: a resumed run has the
 * epochs before the interruption too.
 */
public final class History extends Callback {

  private final List<Integer> epochs = new ArrayList<>();
  private final Map<String, List<Double>> values = new LinkedHashMap<>();

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

  /** Returns the last epoch's values by name. */
  public Map<String, Double> last() {
    Map<String, Double> last = new LinkedHashMap<>();
    values.forEach((name, list) -> last.put(name, list.get(list.size() - 1)));
    return last;
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    epochs.clear();
    values.clear();
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    epochs.add(epoch);
    logs.forEach((name, value) -> values.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
  }

  @Override
  public Config state() {
    return Config.builder().put("epoch", epochs).put("history", values).build();
  }

  @Override
  public void restoreState(Config state) {
    var reader = state.reader("History");
    epochs.clear();
    reader.list("epoch").forEach(epoch -> epochs.add(((Number) epoch).intValue()));
    values.clear();
    Config history = reader.config("history");
    var lists = history.reader("History");
    for (String name : history.keys()) {
      values.put(name, new ArrayList<>(lists.numbers(name)));
    }

    lists.finish();
    reader.finish();
  }
}
