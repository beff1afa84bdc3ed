package io.firesteel.spark.internal.resident;

import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.EarlyUpdates;
import io.firesteel.internal.gradients.GradientAggregator;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.tensor.ChunkPool;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The sums of the open round, on the trainer's thread, which reads what comes while it waits, and
 * updates what it can.
 */
final class RoundSums {

  private final Map<DataSet, GradientAggregator> aggregators = new EnumMap<>(DataSet.class);
  private final List<TaskEvent.Part> parts = new ArrayList<>();
  private final EarlyStep early;
  private GradientAggregator aggregator = new GradientAggregator(1);

  /**
   * Creates sums.
   *
   * @param out what sends variables out before all sums are there
   * @param way chooses in which steps that is done
   */
  RoundSums(EarlyVariables out, FasterWay way) {
    this.early = new EarlyStep(out, way);
  }

  /**
   * Opens another round.
   *
   * @param goesOn whether the tasks of the round before are still there
   */
  void open(Command command, boolean goesOn) {
    early.open(command, goesOn);
  }

  /** Forgets what has come of a round over that many shards. */
  void begin(DataSet data, int shards) {
    aggregator = aggregators.computeIfAbsent(data, any -> new GradientAggregator(shards));
    aggregator.reset();
    parts.clear();
    early.restart(shards);
  }

  /**
   * Has variables updated before all sums are there, if that pays.
   *
   * @return the command that the round goes on with
   */
  Command beginEarly(Command command, EarlyUpdates updates, TaskExchange exchange) {
    Command held = early.begin(command, updates);
    if (held == null) {
      return command;
    }

    exchange.hold(held);
    return held;
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
    parts.forEach(part -> early.add(part.reader()));
    parts.clear();
    early.update();
  }

  /**
   * Takes sums that are complete.
   *
   * @param isLast whether no others are missing
   */
  void add(TaskEvent.Sums sums, boolean isLast) {
    PartialSums all = sums.sums().get();
    aggregator.add(all);
    early.add(all);
    if (!isLast && !early.isOn()) {
      aggregator.reduce();
    }
  }

  /** Returns the sums of all, without the gradients of the variables that were updated. */
  GradientSums result() {
    return early.hasUpdated() ? rest() : aggregator.result();
  }

  private GradientSums rest() {
    GradientSums all = aggregator.planned().sums().get(0);
    for (int gradient = 0; gradient < all.gradients().length; gradient++) {
      if (!early.isUpdated(gradient)) {
        aggregator.addGradient(gradient);
      }
    }

    aggregator.addTotals();
    aggregator.addRowsAndStatistics();
    return all;
  }

  /** Undoes what was updated of a round that has failed. */
  void undo() {
    early.undo();
  }
}
