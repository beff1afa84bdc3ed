package io.firesteel.callbacks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that a callback writes in the course of a training. The first failure ends the training if
 * the file was never written; later ones are a file system that is away: the training goes on, and
 * what is missing is written after 1, 2, 4, ... up to 30 seconds, or at the end.
 */
final class LateOutput {

  private static final Logger LOG = LoggerFactory.getLogger(LateOutput.class);
  private static final int LONGEST_PAUSE = 30;

  /** Writes what was not written yet. */
  @FunctionalInterface
  interface Writing {
    /** Writes it. */
    void write() throws IOException;
  }

  private final String failure;
  private boolean wasWritten;
  private int failures;
  private long nextTry;

  /** Creates the file's state; the failure is said as "CSVLogger can't write log.csv". */
  LateOutput(String failure) {
    this.failure = failure;
  }

  /**
   * Writes, unless the last failure was a moment ago.
   *
   * @throws UncheckedIOException if that fails for the first time of all
   */
  void write(Writing writing) {
    if (failures == 0 || System.nanoTime() >= nextTry) {
      attempt(writing);
    }
  }

  /** Writes what is missing at the end, however long ago the last failure was. */
  void close(Writing writing) {
    if (failures > 0) {
      attempt(writing);
      if (failures > 0) {
        LOG.error("{} to the end of the training; what is missing is lost", failure);
      }
    }
  }

  private void attempt(Writing writing) {
    try {
      writing.write();
      if (failures > 0) {
        LOG.info("{}: that is over, after {} failures", failure, failures);
      }

      wasWritten = true;
      failures = 0;
    } catch (IOException e) {
      if (!wasWritten) {
        throw new UncheckedIOException(failure, e);
      }

      int pause = Math.min(LONGEST_PAUSE, 1 << Math.min(failures, 5));
      failures++;
      nextTry = System.nanoTime() + TimeUnit.SECONDS.toNanos(pause);
      LOG.warn(
          "{} (try {}): {}. Training goes on; it is tried again in {} s",
          failure,
          failures,
          e.getMessage() == null ? e.toString() : e.getMessage().lines().findFirst().orElse(""),
          pause);
    }
  }
}
