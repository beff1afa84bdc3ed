package io.firesteel.spark.internal.resident;

import io.firesteel.internal.gradients.GradientAggregator;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.spark.internal.frames.TaskGroup;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the sums of those tasks of an executor that are a group in a round. The last one to come
 * has the sums of all; nobody else touches them until the driver has them.
 *
 * <p>Groups have ascending numbers. A contribution to an earlier one than the last is dropped: the
 * driver waits for it no longer. One that the driver has given up may still be added up by its last
 * task, while others of it already work on something else; so each group has an aggregator that no
 * other one uses at the same time, and the driver drops what comes of it.
 */
final class SumsCombiner {

  private final Map<Integer, GradientAggregator> idle = new HashMap<>();
  private int group;
  private int missing;
  private @Nullable GradientAggregator current;

  /**
   * Takes the sums of a task.
   *
   * @param shards the number of shards of the data set
   * @return the sums of all tasks of the group if this was the last one, else null
   */
  @Nullable PartialSums combine(TaskGroup of, int shards, PartialSums sums) {
    GradientAggregator complete = take(of, shards, sums);
    if (complete == null) {
      return null;
    }

    PartialSums all = complete.combined();
    release(shards, complete);
    return all;
  }

  private synchronized @Nullable GradientAggregator take(
      TaskGroup of, int shards, PartialSums sums) {
    if (of.id() > group) {
      group = of.id();
      missing = of.size();
      GradientAggregator known = idle.remove(shards);
      current = known == null ? new GradientAggregator(shards) : known;
    }

    GradientAggregator aggregator = current;
    if (of.id() < group || aggregator == null) {
      return null;
    }

    aggregator.add(sums);
    missing--;
    if (missing > 0) {
      return null;
    }

    current = null;
    return aggregator;
  }

  private synchronized void release(int shards, GradientAggregator aggregator) {
    aggregator.reset();
    idle.put(shards, aggregator);
  }
}
