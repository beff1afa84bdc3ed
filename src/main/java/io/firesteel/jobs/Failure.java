package io.firesteel.jobs;

import io.firesteel.checkpoint.CheckpointException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkException;
import org.jspecify.annotations.Nullable;

/**
 * An error as a job's user should read it: the root cause first, then what it made fail, without
 * stack traces.
 */
final class Failure {

  private Failure() {}

  /** Returns the text, of one or more lines. */
  static String describe(String command, Throwable error) {
    List<String> messages = new ArrayList<>();
    for (Throwable each = error; each != null; each = cause(each)) {
      String message = message(each);
      if (!messages.isEmpty() && messages.get(messages.size() - 1).contains(message)) {
        continue;
      }

      messages.add(message);
    }

    StringBuilder text = new StringBuilder(command).append(" failed: ");
    text.append(messages.get(messages.size() - 1));
    for (int i = messages.size() - 2; i >= 0; i--) {
      text.append(System.lineSeparator()).append("  so: ").append(messages.get(i));
    }

    return text.toString();
  }

  private static @Nullable Throwable cause(Throwable error) {
    return error.getCause() == error ? null : error.getCause();
  }

  /** Spark puts the stack traces of executors into its messages. */
  private static String message(Throwable error) {
    String full = error.getMessage();
    if (full == null || full.isBlank()) {
      return error.getClass().getSimpleName();
    }

    int trace = full.indexOf("\n\tat ");
    String text = (trace < 0 ? full : full.substring(0, trace)).strip();
    int driverTrace = text.indexOf("\nDriver stacktrace:");
    text = driverTrace < 0 ? text : text.substring(0, driverTrace).strip();
    return speaksForItself(error) ? text : error.getClass().getSimpleName() + ": " + text;
  }

  private static boolean speaksForItself(Throwable error) {
    return error instanceof IllegalArgumentException
        || error instanceof IllegalStateException
        || error instanceof CheckpointException
        || error instanceof SparkException
        || error.getClass().equals(java.io.IOException.class);
  }
}
