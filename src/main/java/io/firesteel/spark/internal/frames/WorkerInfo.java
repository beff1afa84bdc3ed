package io.firesteel.spark.internal.frames;

import io.firesteel.internal.gradients.ComputeEnvironment;
import io.firesteel.spark.internal.seam.ThisProcess;

/**
 * Where a task runs.
 *
 * @param executor the id of its executor
 * @param host where that runs
 * @param environment what it computes with
 */
public record WorkerInfo(String executor, String host, String environment) {

  private static final String SEPARATOR = "\n";

  public static WorkerInfo ofThisProcess() {
    return new WorkerInfo(
        ThisProcess.executor(), ThisProcess.host(), ComputeEnvironment.describe());
  }

  public static WorkerInfo parse(String text) {
    String[] parts = text.split(SEPARATOR, 3);
    return new WorkerInfo(parts[0], parts[1], parts[2]);
  }

  public String text() {
    return String.join(SEPARATOR, executor, host, environment);
  }
}
