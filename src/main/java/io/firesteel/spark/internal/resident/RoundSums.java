package io.firesteel.spark.internal.resident;

import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientAggregator;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.tensor.ChunkPool;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The sums of the open round, on the trainer's thread, which reads what comes while it waits. */
final class RoundSums {

  private final Map<DataSet, GradientAggregator> aggregators = new EnumMap<>(DataSet.class);
  private final List<TaskEvent.Part> parts = new ArrayList<>();
  private GradientAggregator aggregator = new GradientAggregator(1);

  /** Forgets all, for a round over that many shards. */
  void begin(DataSet data, int shards) {
    aggregator = aggregators.computeIfAbsent(data, any -> new GradientAggregator(shards));
    aggregator.reset();
    parts.clear();
  }

  /** Takes a part of sums that are not complete. */
  void add(TaskEvent.Part part) {
    parts.add(part);
  }

  /** Waits for what happens next, and reads before what has come of sums. */
  TaskEvent next(TaskExchange exchange) throws InterruptedException {
    TaskEvent known = exchange.poll();
    if (known == null) {
      read();
      known = exchange.next();
    }

    return known;
  }

  /** Several threads read if there are many parts. */
  private void read() {
    parts.forEach(TaskEvent.Part::prepare);
    ChunkPool.shared().run(parts.size(), i -> parts.get(i).read());
    parts.clear();
  }

  /**
   * Takes sums that are complete.
   *
   * @param isLast whether no others are missing
   */
  void add(TaskEvent.Sums sums, boolean isLast) {
    aggregator.add(sums.sums().get());
    if (!isLast) {
      aggregator.reduce();
    }
  }

  /** Returns the sums of all. */
  GradientSums result() {
    return aggregator.result();
  }
}
