package io.firesteel.callbacks;

import io.firesteel.saving.Config;

/**
 * Keras's way to go on after an interruption, which is none of the callbacks here: the checkpoints
 * of {@code fit} are. They hold the data cursor, the callbacks and the running sums, too, and a run
 * goes on with the same bits, where {@code BackupAndRestore} begins the epoch anew.
 *
 * <p>The name is known so that a job that uses it is told what to write instead.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/backup_and_restore.py.
 */
public final class BackupAndRestore extends Callback {

  private BackupAndRestore() {}

  /**
   * Refuses, and says what to use instead.
   *
   * @throws IllegalArgumentException always
   */
  public static BackupAndRestore fromConfig(Config config) {
    Object folder = config.has("backup_dir") ? config.get("backup_dir") : "backup";
    Object steps = config.get("save_freq") instanceof Long every ? every : 0;
    throw new IllegalArgumentException(
        "BackupAndRestore is not needed: fit itself writes checkpoints and resumes from them. In a job file write \"checkpoint\": {\"path\": \"%s\", \"every_steps\": %s}, in Java FitOptions.builder().checkpoints(Checkpointing.in(...))"
            .formatted(folder, steps));
  }
}
