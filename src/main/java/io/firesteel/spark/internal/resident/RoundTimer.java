package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.execution.SourceSettings;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clock of a fit's resident tasks: it answers asks before they time out, and notes when a job
 * does not come together or a round takes too long. Between rounds it runs something else now and
 * then.
 */
final class RoundTimer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RoundTimer.class);

  private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final TaskExchange exchange;
  private final SourceSettings settings;
  private final long askNanos;
  private final Runnable idle;
  private final ScheduledExecutorService timer;
  private boolean busy;
  private long round;
  private long beganAt;
  private long warnedAt;

  /**
   * Starts the clock.
   *
   * @param askMillis the time after which an ask fails
   * @param idle runs now and then between rounds, never during one
   */
  RoundTimer(TaskExchange exchange, SourceSettings settings, long askMillis, Runnable idle) {
    this.exchange = exchange;
    this.settings = settings;
    this.askNanos = TimeUnit.MILLISECONDS.toNanos(askMillis);
    this.idle = idle;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "firesteel-round-timer");
              thread.setDaemon(true);
              return thread;
            });
    long period =
        Math.min(
            Math.min(1000, askMillis / 12),
            Math.min(settings.reassemblyMillis(), settings.yieldMillis()) / 4);
    timer.scheduleWithFixedDelay(
        this::tick, Math.max(10, period), Math.max(10, period), TimeUnit.MILLISECONDS);
  }

  /** Notes that a round begins, or the time between two. */
  synchronized void begin(long number) {
    busy = true;
    round = number;
    beganAt = System.nanoTime();
    warnedAt = beganAt;
  }

  /** Notes that it is over. */
  synchronized void end() {
    busy = false;
  }

  /** Runs a task on the timer's thread. */
  void later(Runnable task) {
    try {
      timer.execute(task);
    } catch (RejectedExecutionException e) {
      task.run();
    }
  }

  private void tick() {
    try {
      exchange.answerNotYet(askNanos / 4);
      synchronized (this) {
        if (busy) {
          watch();
        } else {
          idle.run();
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("The clock of the resident tasks failed", e);
    }
  }

  private void watch() {
    long now = System.nanoTime();
    if (now - beganAt > TimeUnit.MILLISECONDS.toNanos(settings.progressMillis())) {
      exchange.note(new TaskEvent.Stuck(round));
    } else if (now - warnedAt > WARN_NANOS) {
      warnedAt = now;
      LOG.warn("Waiting for {}", exchange.missing());
    }

    exchange.reassemble(TimeUnit.MILLISECONDS.toNanos(settings.reassemblyMillis()));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
