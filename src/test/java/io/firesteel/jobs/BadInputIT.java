package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.testing.DigitsJob;
import io.firesteel.testing.FolderContent;
import io.firesteel.testing.JobProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of a job that can't be done. {@link TrainTest} has the many ways. */
class BadInputIT {

  @TempDir Path folder;

  @Test
  void aRefusedJobSaysWhyInOneLineAndExitsWithOne() throws Exception {
    DigitsJob job = new DigitsJob(folder);
    try (JobProcess process = job.start("--set", "fit.epoch=5")) {
      assertEquals(1, process.exitCode());
      assertEquals(List.of(), process.lines());
      List<String> errors =
          process.errors().lines().filter(line -> !line.startsWith("WARNING:")).toList();
      assertEquals(
          List.of(
              "Train failed: The job has the unknown field fit.epoch. Allowed in 'fit': epochs,"
                  + " initial_epoch, steps_per_epoch, batch_size, shuffle, shards,"
                  + " validation_split, validation_freq, validation_steps, validation_batch_size,"
                  + " class_weight, callbacks, on_nan, verbose,"
                  + " progress_interval. Did you mean 'epochs'?"),
          errors);
    }

    assertEquals(0, FolderContent.of(folder).entries().size() - 1);
  }

  @Test
  void aFailureInSparkShowsItsRootCauseAndNoStackTrace() throws Exception {
    DigitsJob job = new DigitsJob(folder);
    try (JobProcess process = job.start("--set", "data.where=pixel_0 < 'x'")) {
      assertEquals(1, process.exitCode());
      String errors = process.errors();
      assertTrue(errors.contains("Train failed: "), errors);
      assertTrue(errors.contains("CAST_INVALID_INPUT"), errors);
      assertTrue(errors.lines().noneMatch(line -> line.startsWith("\tat ")), errors);
    }
  }
}
