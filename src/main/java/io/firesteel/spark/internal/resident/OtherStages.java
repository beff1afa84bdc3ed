package io.firesteel.spark.internal.resident;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.SparkStatusTracker;

/** The stages of an application that are none of a fit's resident tasks, while they run. */
final class OtherStages {

  private final SparkStatusTracker status;
  private final Map<Integer, Stage> stages = new HashMap<>();
  private volatile boolean any;

  /**
   * A stage of somebody else than the fits: how many of its tasks wait for a slot, and have one.
   */
  private static final class Stage {

    private final boolean guessed;
    private int pending;
    private int running;
    private long since = System.nanoTime();

    private Stage(boolean guessed, int pending, int running) {
      this.guessed = guessed;
      this.pending = pending;
      this.running = running;
    }

    /** Returns a stage that was submitted just now. */
    static Stage submitted(int tasks) {
      return new Stage(false, tasks, 0);
    }

    /** Returns a stage as Spark's status tells it, which may be behind: it may have ended. */
    static Stage guessed(int pending, int running) {
      return new Stage(true, Math.max(0, pending), running);
    }

    /** Notes that tasks were started or ended. */
    void change(int pendingMore, int runningMore) {
      pending = Math.max(0, pending + pendingMore);
      running = Math.max(0, running + runningMore);
      since = System.nanoTime();
    }

    /** Tells whether its end may have been missed. */
    boolean isGuessed() {
      return guessed;
    }

    /** Tells whether tasks wait. */
    boolean waits() {
      return pending > 0;
    }

    /** Tells whether tasks have waited for their first slot for so long. */
    boolean starves(long nanos) {
      return pending > 0 && running == 0 && System.nanoTime() - since >= nanos;
    }

    /** Returns the number of slots that it uses. */
    int running() {
      return running;
    }
  }

  OtherStages(SparkStatusTracker status) {
    this.status = status;
  }

  /** Enters the stages that Spark's status tells to run. */
  synchronized void seeRunning() {
    for (int stage : status.getActiveStageIds()) {
      SparkStageInfo info = status.getStageInfo(stage).getOrElse(() -> null);
      if (info != null) {
        int started = info.numActiveTasks() + info.numCompletedTasks();
        guess(stage, info.numTasks() - started, info.numActiveTasks());
      }
    }
  }

  /** Enters a stage of which Spark's status tells, and no event has. */
  synchronized void guess(int stage, int pending, int running) {
    stages.put(stage, Stage.guessed(pending, running));
    any = true;
  }

  synchronized void submitted(int stage, int tasks) {
    stages.put(stage, Stage.submitted(tasks));
    any = true;
  }

  /** Notes it and tells true if the stage is one of them. */
  synchronized boolean taskStarted(int stage) {
    Stage known = stages.get(stage);
    if (known != null) {
      known.change(-1, 1);
    }

    return known != null;
  }

  /** Notes it and tells true if the stage is one of them. */
  synchronized boolean taskEnded(int stage, boolean succeeded) {
    Stage known = stages.get(stage);
    if (known != null) {
      known.change(succeeded ? 0 : 1, -1);
      notifyAll();
    }

    return known != null;
  }

  synchronized void completed(int stage) {
    stages.remove(stage);
    any = !stages.isEmpty();
    notifyAll();
  }

  /** Returns how many of their tasks run. */
  synchronized int running() {
    forgetEnded();
    return stages.values().stream().mapToInt(Stage::running).sum();
  }

  /** Tells whether one has waited so long for its first slot. */
  boolean starve(long nanos) {
    return any && starveNow(nanos);
  }

  private synchronized boolean starveNow(long nanos) {
    if (stages.values().stream().noneMatch(stage -> stage.starves(nanos))) {
      return false;
    }

    forgetEnded();
    return stages.values().stream().anyMatch(stage -> stage.starves(nanos));
  }

  /** Waits until none has waited for a slot for some time, or too long has passed. */
  synchronized void awaitQuiet(long quietMillis, long mostMillis) throws InterruptedException {
    long start = System.nanoTime();
    long quietSince = start;
    while (millisSince(quietSince) < quietMillis && millisSince(start) < mostMillis) {
      wait(quietMillis);
      forgetEnded();
      if (stages.values().stream().anyMatch(Stage::waits)) {
        quietSince = System.nanoTime();
      }
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  /**
   * Forgets guessed stages that are over. Their end may have been announced before anybody
   * listened, while Spark's status still had them.
   */
  private void forgetEnded() {
    if (stages.values().stream().anyMatch(Stage::isGuessed)) {
      Set<Integer> active = new HashSet<>();
      for (int stage : status.getActiveStageIds()) {
        active.add(stage);
      }

      stages.entrySet().removeIf(e -> e.getValue().isGuessed() && !active.contains(e.getKey()));
      any = !stages.isEmpty();
    }
  }
}
