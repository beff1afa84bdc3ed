package io.firesteel.callbacks;

import java.util.Locale;
import java.util.Map;

/** What is said about the progress of an epoch: steps, times, rate, loss and metrics. */
final class ProgressText {

  private final TrainingParams params;
  private int firstBatch;
  private int done;

  ProgressText(TrainingParams params) {
    this.params = params;
  }

  void beginEpoch() {
    firstBatch = -1;
    done = 0;
  }

  void batchDone(int batch) {
    if (firstBatch < 0) {
      firstBatch = batch;
    }

    done = batch + 1;
  }

  /** Returns the steps done of an epoch as a share of it. */
  double fraction() {
    return params.batches() == 0 ? 1 : (double) done / params.batches();
  }

  /** Returns e.g. {@code 9/24}. */
  String steps() {
    int width = Integer.toString(params.batches()).length();
    return String.format(Locale.ROOT, "%" + width + "d/%d", done, params.batches());
  }

  /** Returns the seconds that the rest of the epoch takes at the pace so far. */
  double remaining(double seconds) {
    return perStep(seconds) * (params.batches() - done);
  }

  /** Returns the time of a step and the samples a second. */
  String pace(double seconds) {
    double perStep = perStep(seconds);
    String pace = timePerStep(perStep);
    if (perStep <= 0 || params.batches() == 0) {
      return pace;
    }

    double rate = (double) params.rows() / params.batches() / perStep;
    return pace
        + String.format(Locale.ROOT, rate < 10 ? " %.1f samples/s" : " %,.0f samples/s", rate);
  }

  /** Returns loss and metrics, each behind a dash. */
  static String values(Map<String, Double> logs) {
    StringBuilder all = new StringBuilder();
    logs.forEach(
        (name, value) ->
            all.append(" - ").append(name).append(": ").append(ProgbarLogger.number(value)));
    return all.toString();
  }

  /** Returns the line of an epoch for log files. */
  String line(int epoch, double seconds, Map<String, Double> logs) {
    StringBuilder line = new StringBuilder();
    if (params.epochs() > 1) {
      line.append(String.format(Locale.ROOT, "Epoch %d/%d - ", epoch + 1, params.epochs()));
    }

    line.append(steps()).append(" - ").append(duration(seconds)).append(' ').append(pace(seconds));
    if (done < params.batches()) {
      line.append(" ETA ").append(duration(remaining(seconds)));
    }

    return line.append(values(logs)).toString();
  }

  private double perStep(double seconds) {
    return seconds / Math.max(1, done - Math.max(0, firstBatch));
  }

  static String duration(double seconds) {
    long whole = (long) seconds;
    if (whole > 3600) {
      return String.format(
          Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole % 3600 / 60, whole % 60);
    }

    return whole > 60 ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60) : whole + "s";
  }

  private static String timePerStep(double seconds) {
    if (seconds >= 1) {
      return String.format(Locale.ROOT, "%.0fs/step", seconds);
    }

    return seconds >= 1e-3
        ? String.format(Locale.ROOT, "%.0fms/step", seconds * 1e3)
        : String.format(Locale.ROOT, "%.0fus/step", seconds * 1e6);
  }
}
