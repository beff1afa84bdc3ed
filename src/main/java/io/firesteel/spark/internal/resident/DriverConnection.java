package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;

/** The line of a resident task to the driver. */
interface DriverConnection extends AutoCloseable {

  /** Tells something that has no answer. */
  void tell(Report report);

  /** Tells something and waits for what to do: to leave, or work with its variables. */
  Command ask(Report report) throws InterruptedException;

  @Override
  void close();
}
