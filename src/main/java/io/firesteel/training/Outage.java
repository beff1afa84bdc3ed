package io.firesteel.training;

import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.WriterReplacedException;
import io.firesteel.internal.monitoring.Causes;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time in which checkpoints can't be written: since when, what is to be said of it, when it is
 * over, and when it has lasted too long.
 */
final class Outage {

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final int MOST_DOUBLINGS = 10;

  private final String location;
  private final Checkpointing options;
  private long lastStep = -1;
  private long lastAt = System.nanoTime();
  private long since;
  private int failures;
  private String reason = "";

  Outage(String location, Checkpointing options) {
    this.location = location;
    this.options = options;
  }

  synchronized boolean isOn() {
    return failures > 0;
  }

  /**
   * Notes a failure.
   *
   * @return what ends the training because of it, null if it goes on
   */
  synchronized @Nullable RuntimeException failed(long step, Throwable cause, boolean isStrict) {
    long now = System.nanoTime();
    since = failures == 0 ? now : since;
    failures++;
    reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    if (isStrict || options.onFailure() == Checkpointing.OnFailure.FAIL || !mayPass(cause)) {
      return cause instanceof RuntimeException runtime
          ? runtime
          : new CheckpointException(
              "A checkpoint could not be written to %s: %s".formatted(location, cause), cause);
    }

    if (now - since < options.giveUpAfter().toNanos()) {
      return null;
    }

    return new CheckpointException(
        "No checkpoint could be written to %s for %s (checkpoint.give_up_after); the last one there is %s. Training ends at step %d. The last reason: %s"
            .formatted(location, words(now - since), last(now), step, reason),
        cause);
  }

  /** What the file system refuses may be allowed later; what a check refuses will not. */
  private static boolean mayPass(Throwable cause) {
    return cause instanceof CheckpointException
        && !(cause instanceof WriterReplacedException)
        && Causes.of(cause).stream().anyMatch(IOException.class::isInstance);
  }

  /** Returns how long to wait before the next try: twice as long each time. */
  synchronized @Nullable Duration pause(Duration first) {
    if (failures == 0) {
      return null;
    }

    Duration pause = first.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  /** Returns what to say after a failure. */
  synchronized String describe(Duration firstPause) {
    long now = System.nanoTime();
    Duration pause = pause(firstPause);
    return "Checkpoints can't be written to %s (try %d): %s. Training goes on; the last one there is %s. Next try in %s; training ends if none can be written for %s"
        .formatted(
            location,
            failures,
            reason,
            last(now),
            pause == null ? "0 s" : words(pause.toNanos()),
            words(options.giveUpAfter().toNanos()));
  }

  /** Notes that a checkpoint was written; returns what to say if that had been impossible. */
  synchronized @Nullable String ended(long step) {
    long now = System.nanoTime();
    String text =
        failures == 0
            ? null
            : "Checkpoints are written to %s again, after %d tries in %s: step %d"
                .formatted(location, failures, words(now - since), step);
    failures = 0;
    lastStep = step;
    lastAt = now;
    return text;
  }

  private String last(long now) {
    return lastStep < 0
        ? "of an earlier run or missing"
        : "of step %d, %s old".formatted(lastStep, words(now - lastAt));
  }

  private static String words(long nanos) {
    long seconds = Math.round(nanos / 1e9);
    return seconds < 120 ? seconds + " s" : "%d min %d s".formatted(seconds / 60, seconds % 60);
  }
}
