package io.firesteel.testing;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.Success$;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** The executors of a {@code local-cluster}: waits for them, kills them, limits their number. */
public final class ClusterExecutors extends SparkListener {

  private final SparkContext context;
  private Set<Long> pids = Set.of();
  private boolean killed;
  private volatile int removed;
  private volatile int failedTasks;

  /** Begins to watch the executors of a context. */
  public ClusterExecutors(SparkContext context) {
    this.context = context;
    context.addSparkListener(this);
  }

  /** Waits until there are so many. */
  public void await(int count) {
    await(count, count);
  }

  /** Waits until there are so many or more. */
  public void awaitAtLeast(int count) {
    await(count, Integer.MAX_VALUE);
  }

  private void await(int count, int most) {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (executors() < count || executors() > most) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("There are not " + count + " executors");
      }

      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private int executors() {
    return context.getExecutorMemoryStatus().size() - 1;
  }

  /** Waits until there are so many, and learns by a job which processes they are. */
  public void ready(int count) {
    await(count);
    Set<Long> found = new HashSet<>();
    while (found.size() < count) {
      List<Integer> numbers = IntStream.range(0, 8).boxed().toList();
      found.addAll(
          JavaSparkContext.fromSparkContext(context)
              .parallelize(numbers, 8)
              .map(number -> ProcessHandle.current().pid())
              .collect());
    }

    pids = found;
  }

  /** Kills an executor if it is time to, and waits until its process is gone. */
  public void killAt(boolean now) {
    if (now) {
      ProcessHandle victim =
          pids.stream().flatMap(pid -> ProcessHandle.of(pid).stream()).findFirst().orElseThrow();
      victim.destroyForcibly();
      victim.onExit().join();
      killed = true;
    }
  }

  /**
   * Asks all executors that are there to end, each of which refuses tasks for a time before it
   * does.
   */
  public void shutDownSlowly(long millis) {
    List<Integer> numbers = IntStream.range(0, 8).boxed().toList();
    JavaSparkContext.fromSparkContext(context)
        .parallelize(numbers, 8)
        .foreach(number -> SlowShutdown.set(millis));
    pids.stream().flatMap(pid -> ProcessHandle.of(pid).stream()).forEach(ProcessHandle::destroy);
    killed = true;
  }

  /** Tells whether an executor was killed and Spark lost it, and forgets that. */
  public boolean takeKilled() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (killed && removed == 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }

    boolean result = killed && removed > 0;
    killed = false;
    removed = 0;
    return result;
  }

  /** Waits until there are so many slots, and all listeners know it. */
  public void awaitSlots(IntSupplier slots, int count) {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (slots.getAsInt() != count) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("There are not " + count + " slots");
      }

      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }

    failedTasks();
  }

  /** Limits the number of executors. */
  public void limit(int count) {
    context.requestTotalExecutors(
        count, 0, scala.collection.immutable.Map$.MODULE$.<String, Object>empty());
  }

  /** Forgets the tasks that failed so far. */
  public void forgetFailures() {
    failedTasks = 0;
  }

  /** Returns how many tasks failed. */
  public int failedTasks() {
    try {
      context.listenerBus().waitUntilEmpty();
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }

    return failedTasks;
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    removed++;
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (!(end.reason() instanceof Success$)) {
      failedTasks++;
    }
  }
}
