package io.firesteel.checkpoint;

import java.util.List;
import java.util.Optional;

/** The checkpoints of a directory, for reading. */
public interface Checkpoints {

  /** Returns where the checkpoints are, as the user named it. */
  String location();

  /**
   * Returns the newest checkpoint that verifies. What it skips on the way is logged with the
   * reason.
   *
   * @throws CheckpointException if the location can't be read, or if there is no checkpoint that
   *     verifies but one that can't be read at the moment
   */
  Optional<Checkpoint> latest();

  /**
   * Returns what is there, newest first, with what is wrong with it. Everything is verified, which
   * reads every file.
   *
   * @throws CheckpointException if the location can't be read
   */
  List<CheckpointSummary> list();
}
