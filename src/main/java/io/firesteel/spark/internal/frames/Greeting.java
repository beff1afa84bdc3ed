package io.firesteel.spark.internal.frames;

import io.firesteel.spark.internal.seam.ThisProcess;
import io.firesteel.training.ComputeEnvironment;

/**
 * What a resident task says of itself when it starts.
 *
 * @param executor the id of its executor
 * @param host where that runs
 * @param environment what it computes with
 */
public record Greeting(String executor, String host, String environment) {

  private static final String SEPARATOR = "\n";

  public static Greeting ofThisProcess() {
    return new Greeting(ThisProcess.executor(), ThisProcess.host(), ComputeEnvironment.describe());
  }

  public static Greeting parse(String text) {
    String[] parts = text.split(SEPARATOR, 3);
    return new Greeting(parts[0], parts[1], parts[2]);
  }

  public String text() {
    return String.join(SEPARATOR, executor, host, environment);
  }
}
