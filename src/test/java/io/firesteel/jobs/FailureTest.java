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
        "Job aborted: Lost task 0.0: java.lang.Error: broken\n\tat a.B.c(B.java:1)\n\nDriver stacktrace:\n\tat x";
    assertEquals(
        "Train failed: Job aborted: Lost task 0.0: java.lang.Error: broken",
        Failure.describe("Train", new SparkException(message)));
  }

  @Test
  void anErrorWithoutAMessageHasItsName() {
    assertEquals(
        "Train failed: NullPointerException: no message",
        Failure.describe("Train", new NullPointerException()));
  }
}
