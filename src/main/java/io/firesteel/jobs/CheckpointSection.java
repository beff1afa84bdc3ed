package io.firesteel.jobs;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.training.Checkpointing;
import java.util.Locale;

/**
 * Where and when a job writes checkpoints.
 *
 * @param path the folder, on any Hadoop file system
 * @param everySteps after how many steps within an epoch, 0 for never
 * @param everyEpochs after how many epochs
 * @param keep how many checkpoints stay
 * @param resume whether to continue from a checkpoint
 */
record CheckpointSection(
    String path, long everySteps, int everyEpochs, int keep, Checkpointing.Resume resume) {

  private static final int FEWEST = 2;
  private static final int DEFAULT_KEEP = 3;

  /**
   * Reads the section.
   *
   * @throws IllegalArgumentException if a field is unknown, of a wrong type or out of range
   */
  static CheckpointSection parse(Config config) {
    ConfigReader reader =
        Fields.read("checkpoint", config, "path", "every_steps", "every_epochs", "keep", "resume");
    String path = reader.string("path");
    long everySteps = reader.integer("every_steps", 0);
    if (everySteps < 0) {
      throw reader.invalid("every_steps", "an integer >= 0");
    }

    int everyEpochs = Fields.int32(reader, "every_epochs", 1);
    if (everyEpochs < 1) {
      throw reader.invalid("every_epochs", "an integer >= 1");
    }

    int keep = Fields.int32(reader, "keep", DEFAULT_KEEP);
    if (keep < FEWEST) {
      throw reader.invalid("keep", "an integer >= 2");
    }

    String resume = Fields.oneOf(reader, "resume", "auto", "auto", "never", "required");
    return new CheckpointSection(
        path,
        everySteps,
        everyEpochs,
        keep,
        Checkpointing.Resume.valueOf(resume.toUpperCase(Locale.ROOT)));
  }
}
