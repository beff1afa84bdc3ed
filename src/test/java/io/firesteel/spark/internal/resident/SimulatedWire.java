package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.seam.SparkInternals;
import java.lang.reflect.Constructor;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.spark.SparkConf;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcTimeout;
import org.jspecify.annotations.Nullable;
import scala.concurrent.Future;
import scala.concurrent.Promise;
import scala.concurrent.Promise$;
import scala.reflect.ClassTag;

/**
 * What carries frames between tasks and a driver in this process: late, those of one ask in any
 * order, some twice, and where the wire is bad some not at all. One thread receives all that comes
 * to the driver.
 */
final class SimulatedWire implements AutoCloseable {

  /** How bad the wire is. */
  enum Quality {
    /** All arrives once, soon. */
    GOOD,

    /** All arrives, some late and some twice. */
    SLOW,

    /** Some is lost, and asks without an answer end after a while. */
    LOSSY
  }

  private static final long ASK_MILLIS = 60;

  private final Random random;
  private final Quality quality;
  private final ScheduledThreadPoolExecutor clock;
  private final SparkInternals.Receiver driver;

  SimulatedWire(long seed, Quality quality, SparkInternals.Receiver driver) {
    this.random = new Random(seed);
    this.quality = quality;
    this.driver = driver;
    this.clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "wire");
              thread.setDaemon(true);
              return thread;
            });
    clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Runs something on the wire's thread after a time. */
  void later(long micros, Runnable task) {
    try {
      clock.schedule(task, micros, TimeUnit.MICROSECONDS);
    } catch (RejectedExecutionException e) {
      // It is closed, and nobody waits any more.
    }
  }

  /** Runs something on the wire's thread again and again. */
  void often(long millis, Runnable task) {
    clock.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Returns the line of the tasks of a process, which is dead once the process is. */
  SparkInternals.Caller caller(BooleanSupplier isDead) {
    try {
      Constructor<?> made = SparkInternals.Caller.class.getDeclaredConstructors()[0];
      made.setAccessible(true);
      return (SparkInternals.Caller) made.newInstance(new Line(isDead), null);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private synchronized boolean draws(double probability) {
    return random.nextDouble() < probability;
  }

  private synchronized long delayMicros() {
    boolean isLate = quality != Quality.GOOD && random.nextInt(30) == 0;
    return isLate ? random.nextInt(4_000) : random.nextInt(100);
  }

  private boolean isLost() {
    return quality == Quality.LOSSY && draws(0.01);
  }

  private void send(byte[] frame, SparkInternals.@Nullable Reply reply) {
    boolean isDouble = quality != Quality.GOOD && draws(0.02);
    if (!isLost()) {
      later(
          delayMicros(),
          () -> {
            driver.received(frame, reply);
            if (isDouble) {
              driver.received(frame, reply);
            }
          });
    }
  }

  /** What a task has of the driver. */
  private final class Line extends RpcEndpointRef {
    private static final long serialVersionUID = 1L;

    private final transient BooleanSupplier isDead;

    private Line(BooleanSupplier isDead) {
      super(new SparkConf(false));
      this.isDead = isDead;
    }

    @Override
    public RpcAddress address() {
      return RpcAddress.apply("driver", 1);
    }

    @Override
    public String name() {
      return "driver";
    }

    @Override
    public void send(Object message) {
      if (!isDead.getAsBoolean()) {
        later(0, () -> driver.received((byte[]) message, null));
      }
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> Future<T> ask(Object message, RpcTimeout timeout, ClassTag<T> type) {
      Promise<Object> answer = Promise$.MODULE$.apply();
      if (quality == Quality.LOSSY) {
        later(ASK_MILLIS * 1000, () -> answer.tryFailure(new TimeoutException()));
      }

      if (!isDead.getAsBoolean()) {
        // Like Netty, the wire reads a frame some time after it was handed over.
        SimulatedWire.this.send(
            (byte[]) message,
            frame -> {
              if (!isLost()) {
                later(delayMicros(), () -> answer.trySuccess(frame.copy()));
              }
            });
      }

      return (Future<T>) (Future<?>) answer.future();
    }
  }

  /** Answers what has waited for long, as the driver does before an ask times out. */
  static long patienceMillis() {
    return ASK_MILLIS / 4;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
