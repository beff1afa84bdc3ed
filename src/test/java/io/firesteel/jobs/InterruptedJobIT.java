package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.firesteel.testing.DigitsJob;
import io.firesteel.testing.JobProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code spark-jobs/train.sh} that somebody stops with Ctrl-C. */
class InterruptedJobIT {

  private static final int OF_SIGINT = 130;
  private static final long SIGINT_BIT = 1L << 1;

  @TempDir Path temporary;

  @Test
  void theLastLineAfterCtrlCSaysHowToGoOn() throws Exception {
    assumeFalse(isInterruptIgnored(), "SIGINT is ignored, as in a shell's background");
    DigitsJob job = new DigitsJob(temporary);
    try (JobProcess process = job.start("--set", "fit.epochs=5000")) {
      assertTrue(process.awaitLine("Epoch 1/"), process::errors);
      process.interrupt();
      assertEquals(OF_SIGINT, process.exitCode(), process::errors);
      List<String> lines = process.errors().lines().toList();
      assertEquals(
          "Train was interrupted. The same command goes on from the newest checkpoint in "
              + job.checkpoints(),
          lines.get(lines.size() - 1));
      assertTrue(lines.stream().noneMatch(line -> line.contains("\tat ")), process::errors);
    }

    assertTrue(Files.notExists(job.output().resolve("model.keras")));
  }

  /** What a process ignores, those that it starts ignore too. */
  private static boolean isInterruptIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.notExists(status)) {
      return false;
    }

    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .anyMatch(mask -> (mask & SIGINT_BIT) != 0);
  }
}
