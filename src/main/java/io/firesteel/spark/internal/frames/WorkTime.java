package io.firesteel.spark.internal.frames;

/**
 * How long a task worked on a round.
 *
 * @param readNanos the time it took to read its rows
 * @param computeNanos the rest
 */
public record WorkTime(long readNanos, long computeNanos) {

  /** Of a task that did nothing. */
  public static final WorkTime NONE = new WorkTime(0, 0);
}
