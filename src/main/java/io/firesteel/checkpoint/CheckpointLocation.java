package io.firesteel.checkpoint;

/** A place where checkpoints are or will be. Naming it touches nothing. */
public interface CheckpointLocation {

  /** Returns what is there, for reading. It need not exist. */
  Checkpoints read();

  /**
   * Opens it for writing.
   *
   * @param runId the run that writes
   * @throws CheckpointException if it can't be written, or another live writer has it
   */
  CheckpointStore open(String runId);
}
