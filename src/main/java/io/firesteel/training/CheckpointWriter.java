package io.firesteel.training;

import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.CheckpointStore;
import io.firesteel.internal.monitoring.TrainingReporter;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits checkpoints off the training thread, one at a time. A checkpoint that comes while another
 * one is being written waits for it; a failed commit surfaces with the next call.
 */
final class CheckpointWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

  private final CheckpointStore store;
  private final TrainingReporter reporter;
  private final ExecutorService thread;
  private @Nullable Future<?> inFlight;

  CheckpointWriter(CheckpointStore store, TrainingReporter reporter) {
    this.store = store;
    this.reporter = reporter;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread writer = new Thread(task, "firesteel-checkpoint-writer");
              writer.setDaemon(true);
              return writer;
            });
  }

  /** Commits a checkpoint in the background. */
  void commit(Checkpoint checkpoint) {
    await();
    inFlight = thread.submit(() -> write(checkpoint));
  }

  private void write(Checkpoint checkpoint) {
    long start = System.nanoTime();
    store.commit(checkpoint);
    reporter.committed(checkpoint.step(), store.committedBytes(), start, store.location());
  }

  /**
   * Returns when nothing is being written any more.
   *
   * @throws CancellationException if the thread is interrupted; what is being written is not
   */
  void await() {
    Future<?> running = inFlight;
    inFlight = null;
    if (running == null) {
      return;
    }

    try {
      running.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }

      throw new CheckpointException(
          "A checkpoint could not be written to " + store.location(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException)
          new CancellationException(
                  "Training was interrupted while a checkpoint was being written to "
                      + store.location())
              .initCause(e);
    }
  }

  /** Lets a running commit end, whatever its outcome, and stops the thread. */
  @Override
  public void close() {
    thread.shutdown();
    boolean interrupted = Thread.interrupted();
    try {
      while (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
        LOG.info("Waiting for a checkpoint to be written to {}", store.location());
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }

    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
