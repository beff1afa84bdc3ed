package io.firesteel.training;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.History;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The callbacks of a fit in the order in which they are called: those of the user, the history,
 * then those that only observe.
 */
final class CallbackList {

  private final History history = new History();
  private final List<Callback> stateful;
  private final List<Callback> all;
  private final List<Callback> lastFirst;

  CallbackList(List<Callback> callbacks, List<Callback> observers) {
    this.stateful = new ArrayList<>(callbacks);
    stateful.add(history);
    this.all = new ArrayList<>(stateful);
    all.addAll(observers);
    this.lastFirst = new ArrayList<>(all);
    Collections.reverse(lastFirst);
  }

  History history() {
    return history;
  }

  /** Returns those whose state goes into checkpoints, the history last. */
  List<Callback> stateful() {
    return stateful;
  }

  void each(Consumer<Callback> event) {
    all.forEach(event);
  }

  /** For the end of something, which is told to the last one first. */
  void eachFromLast(Consumer<Callback> event) {
    lastFirst.forEach(event);
  }

  void trainBatchBegin(int batch) {
    for (int i = 0; i < all.size(); i++) {
      all.get(i).onTrainBatchBegin(batch);
    }
  }

  void trainBatchEnd(int batch, Map<String, Double> logs) {
    for (int i = 0; i < all.size(); i++) {
      all.get(i).onTrainBatchEnd(batch, logs);
    }
  }

  boolean useCluster() {
    return all.stream().anyMatch(Callback::usesCluster);
  }
}
