package io.firesteel.internal.monitoring;

import io.firesteel.internal.data.ShardRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of a training goes: the code that has just done something says which phase that
 * was. All on the trainer's thread.
 */
public final class StepClock {

  /** A clock that does not run. */
  public static final StepClock OFF = new StepClock(null);

  private static final int WAIT = Phase.WAIT.ordinal();

  private final @Nullable LongSupplier nanoTime;
  private final long[] nanos = new long[Phase.values().length];
  private final TreeMap<Integer, WorkerClock> workers = new TreeMap<>();
  private @Nullable Phase only;
  private long mark;
  private long waited;
  private long slowestRead;
  private long slowestCompute;

  StepClock(@Nullable LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.mark = nanoTime == null ? 0 : nanoTime.getAsLong();
  }

  /** Says that the time since the last call was spent on a phase. */
  public void lap(Phase phase) {
    if (nanoTime == null) {
      return;
    }

    long now = nanoTime.getAsLong();
    Phase counted = only == null ? phase : only;
    nanos[counted.ordinal()] += now - mark;
    if (counted == Phase.WAIT) {
      waited += now - mark;
    }

    mark = now;
  }

  /** Says that a worker is there, with a range of shards. */
  public void joined(int worker, String executor, String host, ShardRange shards) {
    WorkerClock known = workers.get(worker);
    if (nanoTime != null && (known == null || !known.isAt(executor, shards))) {
      workers.put(worker, new WorkerClock(worker, executor, host, shards));
    }
  }

  /** Says that there are so many workers, so that those beyond have gone. */
  public void workers(int count) {
    workers.tailMap(count, true).clear();
  }

  /** Says how long a worker took to read and to compute in this step. */
  public void worked(int worker, long readNanos, long computeNanos) {
    if (nanoTime == null || only != null) {
      return;
    }

    WorkerClock clock = workers.get(worker);
    if (clock != null) {
      clock.add(readNanos + computeNanos);
    }

    if (readNanos + computeNanos > slowestRead + slowestCompute) {
      slowestRead = readNanos;
      slowestCompute = computeNanos;
    }
  }

  /** Says that a step's gradients are there: the slowest worker's time was not idle waiting. */
  public void gathered() {
    lap(Phase.WAIT);
    long read = Math.min(slowestRead, waited);
    long compute = Math.min(slowestCompute, waited - read);
    nanos[WAIT] -= read + compute;
    nanos[Phase.READ.ordinal()] += read;
    nanos[Phase.COMPUTE.ordinal()] += compute;
    waited = 0;
    slowestRead = 0;
    slowestCompute = 0;
  }

  /** Says that everything from now on is of one phase; null for as everybody says. */
  public void only(@Nullable Phase phase) {
    only = phase;
  }

  /** Returns when the last lap ended. */
  long mark() {
    return mark;
  }

  /** Returns the nanoseconds of every phase, and begins anew. */
  long[] takeNanos() {
    long[] taken = nanos.clone();
    Arrays.fill(nanos, 0);
    return taken;
  }

  /** Returns the times of the workers, of the slowest ones if there are more than that. */
  List<WorkerTime> takeWorkers(int most) {
    List<WorkerTime> times = new ArrayList<>();
    workers.values().forEach(worker -> times.add(worker.take()));
    if (times.size() <= most) {
      return times;
    }

    times.sort(Comparator.comparingDouble(WorkerTime::meanMillis).reversed());
    List<WorkerTime> slowest = new ArrayList<>(times.subList(0, most));
    slowest.sort(Comparator.comparingInt(WorkerTime::worker));
    return slowest;
  }

  /** The times of one worker, added up. */
  static final class WorkerClock {

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

  /**
   * How long one worker took for its shards since it came.
   *
   * @param worker its index
   * @param executor the executor it runs on
   * @param host the host of that
   * @param firstShard its first shard
   * @param endShard the shard after its last one
   * @param steps the steps it took part in
   * @param meanMillis the mean milliseconds a step
   * @param recentMillis the mean milliseconds a step since the last report
   * @param lastMillis the milliseconds of its last step
   * @param maxMillis the milliseconds of its slowest step
   */
  public record WorkerTime(
      int worker,
      String executor,
      String host,
      int firstShard,
      int endShard,
      long steps,
      double meanMillis,
      double recentMillis,
      double lastMillis,
      double maxMillis) {}
}
