package io.firesteel.training;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/** Where a training is between two steps. */
final class TrainingState {

  /** The number of steps completed. */
  long step;

  /** The epoch that runs or comes next, from 0. */
  int epoch;

  /** The batch of the epoch that comes next, from 0. */
  int batch;

  /** The rows trained on, counted anew each epoch. */
  long rowsSeen;

  /** Whether a callback ended training. */
  boolean stopped;

  /** The time spent so far; while the clock runs, up to when it was started. */
  double seconds;

  private long startedAt = -1;

  void start() {
    startedAt = System.nanoTime();
  }

  void pause() {
    seconds = elapsed();
    startedAt = -1;
  }

  void advance(long rows) {
    step++;
    batch++;
    rowsSeen += rows;
  }

  void endEpoch(boolean stop) {
    epoch++;
    batch = 0;
    stopped = stop;
  }

  Config toConfig() {
    return Config.builder()
        .put("step", step)
        .put("epoch", epoch)
        .put("batch", batch)
        .put("rows_seen", rowsSeen)
        .put("stopped", stopped)
        .put("seconds", elapsed())
        .build();
  }

  void restore(Config config) {
    ConfigReader reader = config.reader("progress");
    step = reader.integer("step");
    epoch = Math.toIntExact(reader.integer("epoch"));
    batch = Math.toIntExact(reader.integer("batch"));
    rowsSeen = reader.integer("rows_seen");
    stopped = reader.bool("stopped");
    seconds = reader.number("seconds");
    reader.finish();
  }

  private double elapsed() {
    return startedAt < 0 ? seconds : seconds + (System.nanoTime() - startedAt) / 1e9;
  }
}
