package io.firesteel.internal.monitoring;

import io.firesteel.internal.data.ShardRange;

/** The times of one worker, added up. */
final class WorkerClock {

  private static final double NANOS = 1e6;

  private final int worker;
  private final String executor;
  private final String host;
  private final ShardRange shards;
  private long steps;
  private long nanos;
  private long recentSteps;
  private long recentNanos;
  private long last;
  private long most;

  WorkerClock(int worker, String executor, String host, ShardRange shards) {
    this.worker = worker;
    this.executor = executor;
    this.host = host;
    this.shards = shards;
  }

  /** Tells whether it is on that executor and has those shards. */
  boolean isAt(String otherExecutor, ShardRange otherShards) {
    return executor.equals(otherExecutor) && shards.equals(otherShards);
  }

  void add(long took) {
    steps++;
    nanos += took;
    recentSteps++;
    recentNanos += took;
    last = took;
    most = Math.max(most, took);
  }

  /** Returns the times, and begins to count what is recent anew. */
  WorkerTime take() {
    WorkerTime time =
        new WorkerTime(
            worker,
            executor,
            host,
            shards.lo(),
            shards.hi(),
            steps,
            nanos / NANOS / Math.max(1, steps),
            recentNanos / NANOS / Math.max(1, recentSteps),
            last / NANOS,
            most / NANOS);
    recentSteps = 0;
    recentNanos = 0;
    return time;
  }
}
