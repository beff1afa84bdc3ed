package io.firesteel.spark.internal.frames;

import io.firesteel.spark.internal.seam.ThisProcess;

/**
 * How long a task worked on a round.
 *
 * @param readNanos the time it took to read its rows
 * @param computeNanos the rest
 */
public record WorkTime(long readNanos, long computeNanos) {

  static final WorkTime NONE = new WorkTime(0, 0);

  private static final String SEPARATOR = "\n";

  /**
   * A time with the place it was spent at, as text.
   *
   * @param executor the id of the executor
   * @param host where that runs
   * @param time the time
   * @param environment what it computes with
   */
  public record Note(String executor, String host, WorkTime time, String environment) {

    public static Note ofThisProcess(WorkTime time, String environment) {
      return new Note(ThisProcess.executor(), ThisProcess.host(), time, environment);
    }

    public static Note parse(String text) {
      String[] parts = text.split(SEPARATOR, 5);
      WorkTime time = new WorkTime(Long.parseLong(parts[2]), Long.parseLong(parts[3]));
      return new Note(parts[0], parts[1], time, parts[4]);
    }

    public String text() {
      return String.join(
          SEPARATOR,
          executor,
          host,
          Long.toString(time.readNanos),
          Long.toString(time.computeNanos),
          environment);
    }
  }
}
