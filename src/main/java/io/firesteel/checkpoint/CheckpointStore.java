package io.firesteel.checkpoint;

import java.util.Optional;

/**
 * A directory of checkpoints with one writer. A commit is atomic: whoever reads finds the old
 * checkpoint or the new one, never a torn one.
 */
public interface CheckpointStore extends AutoCloseable {

  /** Returns where the checkpoints are, as the user named it. */
  String location();

  /**
   * Returns the newest checkpoint that verifies. What it skips on the way is logged with the
   * reason.
   */
  Optional<Checkpoint> latest();

  /**
   * Makes a checkpoint durable, and removes old ones afterwards.
   *
   * @throws CheckpointException if it was not committed; the older ones are as they were
   * @throws CommitStateUnknownException if nobody can know whether it was; nothing was removed
   */
  void commit(Checkpoint checkpoint);

  /** Gives the directory free for another writer. Never closes a shared file system. */
  @Override
  void close();
}
