package io.firesteel.training;

import io.firesteel.internal.monitoring.TrainingReporter;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/** Where the loop is between two steps, and for how long it has run. */
final class LoopState implements TrainingReporter.Position {

  private long step;
  private int epoch;
  private int batch;
  private long rowsSeen;
  private boolean stopped;
  private double seconds;
  private long startedAt = -1;

  @Override
  public long step() {
    return step;
  }

  /** Returns the epoch that runs or comes next, from 0. */
  @Override
  public int epoch() {
    return epoch;
  }

  /** Returns the batch of the epoch that comes next, from 0. */
  @Override
  public int batch() {
    return batch;
  }

  @Override
  public long rowsSeen() {
    return rowsSeen;
  }

  /** Tells whether a callback ended training. */
  boolean stopped() {
    return stopped;
  }

  /** Returns the time spent so far, over all runs of a resumed training. */
  double seconds() {
    return startedAt < 0 ? seconds : seconds + (System.nanoTime() - startedAt) / 1e9;
  }

  void start() {
    startedAt = System.nanoTime();
  }

  void pause() {
    seconds = seconds();
    startedAt = -1;
  }

  void advance(long rows) {
    step++;
    batch++;
    rowsSeen += rows;
  }

  /** Begins with an epoch other than the first. */
  void beginWith(int first) {
    epoch = first;
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
        .put("seconds", seconds())
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
}
