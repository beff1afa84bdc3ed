package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;

/** What a resident task reaches the driver by. */
interface DriverConnection extends AutoCloseable {

  /** Tells something that has no answer. */
  void tell(Report report);

  /** Tells something and waits for what to do: to leave, or work with its variables. */
  Command ask(Report report) throws InterruptedException;

  /**
   * Brings sums and waits for what to do next. If the task has a group, what it brings are the sums
   * of the whole group, or nothing if others are not ready.
   *
   * @param report the sums of the task alone
   * @param shards the number of shards of the data set
   */
  Command deliver(Report report, int shards) throws InterruptedException;

  @Override
  void close();
}
