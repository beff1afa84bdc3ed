package io.firesteel.jobs;

import io.firesteel.internal.monitoring.Causes;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again to write what a file system does not take at the moment, after 1, 2, 4, ... up to 30
 * seconds, and gives up after a while.
 */
final class Patience {

  private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
  private static final long FIRST_PAUSE = 1_000;
  private static final long LONGEST_PAUSE = 30_000;

  /** What is tried. */
  @FunctionalInterface
  interface Writing {
    /** Writes all there is to write, from the start. */
    void write() throws IOException;
  }

  private Patience() {}

  /**
   * Writes.
   *
   * @param what is written, for warnings
   * @param atMost how long to try again after the first failure; 0 for one try
   * @throws IOException the last failure
   */
  static void write(String what, Duration atMost, Writing writing) throws IOException {
    long since = 0;
    long pause = FIRST_PAUSE;
    for (int tries = 1; ; tries++) {
      try {
        writing.write();
        return;
      } catch (IOException e) {
        long now = System.nanoTime();
        since = tries == 1 ? now : since;
        long left = atMost.toMillis() - Duration.ofNanos(now - since).toMillis();
        if (left <= 0) {
          throw e;
        }

        pause = Math.min(pause, left);
        LOG.warn(
            "{} can't be written (try {}): {}. Next try in {} s; the last one in {} s",
            what,
            tries,
            Failure.text(Causes.first(e)),
            seconds(pause),
            seconds(left));
        sleep(pause, e);
        pause = Math.min(2 * pause, LONGEST_PAUSE);
      }
    }
  }

  private static long seconds(long millis) {
    return Math.round(millis / 1e3);
  }

  private static void sleep(long millis, IOException failure) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }
}
