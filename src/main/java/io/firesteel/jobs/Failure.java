package io.firesteel.jobs;

import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.internal.monitoring.Causes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkException;

/**
 * An error as a job's user should read it: the root cause first, then what it made fail, without
 * stack traces.
 */
final class Failure {

  /**
   * "Job aborted due to stage failure: ... Lost task 0.0 in stage 0.0 (TID 0) (host executor 1): ".
   */
  private static final Pattern STAGE =
      Pattern.compile(
          "^Job aborted due to stage failure: Task .*?: Lost task .*?\\(TID \\d+\\) \\(.*?\\): ",
          Pattern.DOTALL);

  private static final String CAUSE = "\nCaused by: ";

  private Failure() {}

  /** Returns the text, of one or more lines. */
  static String describe(String command, Throwable error) {
    List<String> messages = new ArrayList<>();
    String last = "";
    for (Throwable each : Causes.of(error)) {
      String text = text(each);
      if (!last.contains(text)) {
        messages.add(speaksForItself(each) ? text : name(each) + ": " + text);
        last = text;
      }
    }

    StringBuilder all = new StringBuilder(command).append(" failed: ");
    all.append(messages.get(messages.size() - 1));
    for (int i = messages.size() - 2; i >= 0; i--) {
      all.append(System.lineSeparator()).append("  so: ").append(messages.get(i));
    }

    return all.toString();
  }

  private static String name(Throwable error) {
    return error.getClass().getSimpleName();
  }

  /**
   * Spark puts the stack traces of executors into its messages, with the first cause last. What it
   * says of a stage, its tasks and attempts is no news to a user.
   */
  static String text(Throwable error) {
    String full = error.getMessage();
    if (full == null || full.isBlank()) {
      return "no message";
    }

    String traces = before("\nDriver stacktrace:", full);
    Matcher stage = STAGE.matcher(traces);
    if (!stage.find()) {
      return before("\n\tat ", traces);
    }

    int cause = traces.lastIndexOf(CAUSE);
    return before("\n\tat ", traces.substring(cause < 0 ? stage.end() : cause + CAUSE.length()));
  }

  private static String before(String mark, String text) {
    int at = text.indexOf(mark);
    return (at < 0 ? text : text.substring(0, at)).strip();
  }

  private static boolean speaksForItself(Throwable error) {
    return error instanceof IllegalArgumentException
        || error instanceof IllegalStateException
        || error instanceof CheckpointException
        || error instanceof SparkException
        || error.getClass().equals(IOException.class);
  }
}
