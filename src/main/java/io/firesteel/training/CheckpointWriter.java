package io.firesteel.training;

import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.CheckpointStore;
import io.firesteel.internal.monitoring.TrainingReporter;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits checkpoints off the training thread, one at a time.
 *
 * <p>While all is well, a checkpoint that comes while another one is being written waits for it.
 * While the store is away, training goes on: the newest checkpoint takes the place of the one that
 * could not be written, and is tried again and again. A failure that ends the training surfaces
 * with the next call.
 */
final class CheckpointWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final CheckpointStore store;
  private final TrainingReporter reporter;
  private final Outage outage;
  private final Duration firstPause;
  private final Thread thread;

  /** What is to be written next. This and all below is guarded by this object's lock. */
  private @Nullable Checkpoint next;

  private boolean isWriting;
  private boolean isStrict;
  private boolean isClosed;
  private @Nullable RuntimeException failure;
  private long handedOverAt = System.nanoTime();

  CheckpointWriter(CheckpointStore store, Checkpointing options, TrainingReporter reporter) {
    this(store, options, reporter, FIRST_PAUSE);
  }

  CheckpointWriter(
      CheckpointStore store,
      Checkpointing options,
      TrainingReporter reporter,
      Duration firstPause) {
    this.store = store;
    this.reporter = reporter;
    this.outage = new Outage(store.location(), options);
    this.firstPause = firstPause;
    this.thread = new Thread(this::work, "firesteel-checkpoint-writer");
    thread.setDaemon(true);
    thread.start();
  }

  /** Commits the first checkpoint of a run before it returns; its failure is never ridden out. */
  void commitFirst(Supplier<Checkpoint> capture) {
    synchronized (this) {
      isStrict = true;
    }

    commit(capture);
    await();
    synchronized (this) {
      isStrict = false;
    }
  }

  /** Commits a checkpoint in the background; it is captured once there is room for it. */
  void commit(Supplier<Checkpoint> capture) {
    synchronized (this) {
      waitForWriting(true);
      handedOverAt = System.nanoTime();
    }

    Checkpoint checkpoint = capture.get();
    synchronized (this) {
      next = checkpoint;
      notifyAll();
    }
  }

  /** Returns how long ago the last checkpoint was handed over, in seconds. */
  synchronized double secondsSinceLast() {
    return (System.nanoTime() - handedOverAt) / 1e9;
  }

  /**
   * Returns when nothing is to be written any more.
   *
   * @throws CancellationException if the thread is interrupted; what is being written is not
   */
  synchronized void await() {
    waitForWriting(false);
  }

  /** Throws what ended the writing. */
  synchronized void check() {
    if (failure != null) {
      throw failure;
    }
  }

  /** Waits for what is being written; with {@code unlessAway} no longer than the store is there. */
  private synchronized void waitForWriting(boolean unlessAway) {
    try {
      while (failure == null && (isWriting || next != null) && !(unlessAway && outage.isOn())) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException)
          new CancellationException(
                  "Training was interrupted while a checkpoint was being written to "
                      + store.location())
              .initCause(e);
    }

    check();
  }

  private void work() {
    Checkpoint checkpoint = take();
    while (checkpoint != null) {
      Duration pause = write(checkpoint) ? null : outage.pause(firstPause);
      checkpoint = pause == null ? take() : takeAgain(checkpoint, pause);
    }
  }

  /** Returns what is to be written, or null once there will be nothing more. */
  private synchronized @Nullable Checkpoint take() {
    isWriting = false;
    notifyAll();
    try {
      while (next == null && !isClosed && failure == null) {
        wait();
      }
    } catch (InterruptedException e) {
      return null;
    }

    return begin();
  }

  /** Waits, and returns what has come meanwhile, or else what could not be written. */
  private synchronized @Nullable Checkpoint takeAgain(Checkpoint old, Duration pause) {
    notifyAll();
    long end = System.nanoTime() + pause.toNanos();
    try {
      for (long left = pause.toNanos();
          left > 0 && !isClosed && failure == null;
          left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      return null;
    }

    if (isClosed || failure != null) {
      next = null;
      isWriting = false;
      notifyAll();
      return null;
    }

    next = next == null ? old : next;
    return begin();
  }

  private @Nullable Checkpoint begin() {
    Checkpoint taken = failure == null ? next : null;
    next = null;
    isWriting = taken != null;
    return taken;
  }

  /** Returns whether it was written, or never will be. */
  private boolean write(Checkpoint checkpoint) {
    long start = System.nanoTime();
    try {
      store.commit(checkpoint);
    } catch (RuntimeException | Error e) {
      return failed(checkpoint, e);
    }

    String back = outage.ended(checkpoint.step());
    if (back != null) {
      LOG.info(back);
      reporter.happened("checkpoint", back);
    }

    reporter.committed(checkpoint.step(), store.committedBytes(), start, store.location());
    return true;
  }

  private boolean failed(Checkpoint checkpoint, Throwable cause) {
    synchronized (this) {
      RuntimeException end = outage.failed(checkpoint.step(), cause, isStrict);
      if (end != null) {
        failure = end;
        notifyAll();
        return true;
      }
    }

    String text = outage.describe(firstPause);
    LOG.warn(text);
    reporter.happened("checkpoint", text);
    return false;
  }

  /** Lets a running commit end, whatever its outcome, tries no more, and stops the thread. */
  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
      notifyAll();
    }

    boolean interrupted = Thread.interrupted();
    try {
      while (thread.isAlive()) {
        thread.join(TimeUnit.MINUTES.toMillis(1));
        if (thread.isAlive()) {
          LOG.info("Waiting for a checkpoint to be written to {}", store.location());
        }
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }

    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
