package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class FailureTest {

  @Test
  void messagesOfOursStandAlone() {
    assertEquals(
        "Train failed: epochs must be 1 or more",
        Failure.describe("Train", new IllegalArgumentException("epochs must be 1 or more")));
  }

  @Test
  void theRootCauseComesFirst() {
    Throwable root = new FileNotFoundException("/a/b");
    Throwable outer = new IllegalStateException("step 3", new IOException("no disk", root));
    assertEquals(
        String.join(
            System.lineSeparator(),
            "Train failed: FileNotFoundException: /a/b",
            "  so: no disk",
            "  so: step 3"),
        Failure.describe("Train", outer));
  }

  @Test
  void aCauseThatTheMessageRepeatsIsSaidOnce() {
    Throwable root = new FileNotFoundException("/a/b");
    assertEquals(
        "Train failed: can't write: /a/b",
        Failure.describe("Train", new IllegalArgumentException("can't write: /a/b", root)));
  }

  @Test
  void stackTracesOfExecutorsAreCutOff() {
    String message =
        "Job aborted: Lost task 0.0: java.lang.Error: broken\n"
            + "\tat a.B.c(B.java:1)\n\n"
            + "Driver stacktrace:\n"
            + "\tat x";
    assertEquals(
        "Train failed: Job aborted: Lost task 0.0: java.lang.Error: broken",
        Failure.describe("Train", new SparkException(message)));
  }

  @Test
  void ofATaskThatFailedItsFirstCauseIsTold() {
    String failed =
        "Job aborted due to stage failure: Task 0 in stage 0.0 failed 4 times, most recent failure:"
            + " Lost task 0.3 in stage 0.0 (TID 7) (host executor driver): java.lang.Error: outer\n"
            + "\tat a.B.c(B.java:1)\n";
    String end = "\n\nDriver stacktrace:\n\tat x";
    assertEquals(
        "Train failed: java.lang.Error: outer",
        Failure.describe("Train", new SparkException(failed + end)));
    assertEquals(
        "Train failed: java.lang.Error: rows.csv is not a Parquet file",
        Failure.describe(
            "Train",
            new SparkException(
                failed
                    + "Caused by: java.lang.Error: rows.csv is not a Parquet file\n"
                    + "\tat a.B.d(B.java:2)\n"
                    + "\t... 9 more"
                    + end)));
  }

  @Test
  void anErrorWithoutAMessageHasItsName() {
    assertEquals(
        "Train failed: NullPointerException: no message",
        Failure.describe("Train", new NullPointerException()));
  }
}
