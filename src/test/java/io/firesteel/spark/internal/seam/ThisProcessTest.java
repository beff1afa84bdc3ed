package io.firesteel.spark.internal.seam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ThisProcessTest {

  private static final String EXECUTOR =
      "org.apache.spark.executor.CoarseGrainedExecutorBackend --driver-url spark://d@h:1"
          + " --executor-id 0 --hostname h --cores 4 --app-id app-1 --worker-url spark://w@h:2";

  @Test
  void aLocalMasterSaysHowManyCoresThereAre() {
    assertEquals(1, ThisProcess.cores("local", ""));
    assertEquals(3, ThisProcess.cores("local[3]", ""));
    assertEquals(16, ThisProcess.cores("local[16,2]", ""));
    assertEquals(
        Runtime.getRuntime().availableProcessors(), ThisProcess.cores("local[*]", EXECUTOR));
  }

  @Test
  void anExecutorIsToldByItsCommandLine() {
    assertEquals(4, ThisProcess.cores("", EXECUTOR));
    assertEquals(4, ThisProcess.cores("", EXECUTOR.replace("Coarse", "YarnCoarse")));
  }

  @Test
  void whatIsNotKnownIsOne() {
    assertEquals(1, ThisProcess.cores("spark://h:7077", EXECUTOR));
    assertEquals(1, ThisProcess.cores("", "org.example.Main --cores 4"));
  }
}
