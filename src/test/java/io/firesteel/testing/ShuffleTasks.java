package io.firesteel.testing;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/** Counts the tasks that write shuffled rows, as those do that build shards from a data set. */
public final class ShuffleTasks extends SparkListener {

  private final SparkContext context;
  private final Set<Integer> stages = new HashSet<>();
  private volatile int tasks;

  private ShuffleTasks(SparkContext context) {
    this.context = context;
  }

  /** Begins to count. */
  public static ShuffleTasks of(SparkContext context) {
    ShuffleTasks counter = new ShuffleTasks(context);
    context.addSparkListener(counter);
    return counter;
  }

  /** Returns how many were started. */
  public int count() {
    try {
      context.listenerBus().waitUntilEmpty();
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }

    return tasks;
  }

  /** Forgets those that were started so far. */
  public void forget() {
    count();
    tasks = 0;
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    if (submitted.stageInfo().shuffleDepId().isDefined()) {
      stages.add(submitted.stageInfo().stageId());
    }
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    if (stages.contains(start.stageId())) {
      tasks++;
    }
  }
}
