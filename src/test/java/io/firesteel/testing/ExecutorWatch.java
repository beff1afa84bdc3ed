package io.firesteel.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.spark.ExecutorAllocationClient;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.ExecutorDecommissionInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import scala.Option;

/** The executors that Spark removes, with its reasons, for as long as this is open. */
public final class ExecutorWatch extends SparkListener implements AutoCloseable {

  private final SparkContext context;
  private final List<String> removed = new CopyOnWriteArrayList<>();

  private ExecutorWatch(SparkContext context) {
    this.context = context;
  }

  /** Begins to watch. */
  public static ExecutorWatch of(SparkContext context) {
    ExecutorWatch watch = new ExecutorWatch(context);
    context.addSparkListener(watch);
    return watch;
  }

  /** Returns why executors were removed, one reason each. */
  public List<String> reasons() {
    return List.copyOf(removed);
  }

  /** Forgets the executors that were removed so far. */
  public void forget() {
    removed.clear();
  }

  /** Waits until so many were removed. */
  public void awaitRemoved(int count) {
    await(() -> removed.size() >= count, count + " executors were not removed: " + removed);
  }

  /** Waits until there are so many. */
  public void awaitRegistered(int count) {
    await(
        () -> context.getExecutorMemoryStatus().size() - 1 == count,
        "There are not " + count + " executors");
  }

  /** Decommissions one as dynamic allocation does, and cloud providers do. */
  public void decommissionOne() {
    ExecutorAllocationClient client = (ExecutorAllocationClient) context.schedulerBackend();
    String executor = client.getExecutorIds().head();
    if (!client.decommissionExecutor(
        executor, new ExecutorDecommissionInfo("a test", Option.empty()), false, false)) {
      throw new AssertionError("Executor " + executor + " was not decommissioned");
    }
  }

  private static void await(BooleanSupplier condition, String otherwise) {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(otherwise);
      }

      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    removed.add(event.reason());
  }

  @Override
  public void close() {
    context.removeSparkListener(this);
  }
}
