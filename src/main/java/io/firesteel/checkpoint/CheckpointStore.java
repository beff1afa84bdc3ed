package io.firesteel.checkpoint;

/**
 * A directory of checkpoints with one writer. A commit is atomic: whoever reads finds the old
 * checkpoint or the new one, never a torn one.
 */
public interface CheckpointStore extends Checkpoints, AutoCloseable {

  /**
   * Makes a checkpoint durable, and removes old ones afterwards.
   *
   * <p>A step that is already there with the same weights and model config is left as it is: a run
   * that is resumed at a step may commit it again. May be called by any thread, one at a time.
   *
   * @throws CheckpointException if it was not committed; the older ones are as they were
   * @throws CommitStateUnknownException if nobody can know whether it was; nothing was removed
   */
  void commit(Checkpoint checkpoint);

  /** Returns the size of the last checkpoint that was committed, -1 if that is unknown. */
  default long committedBytes() {
    return -1;
  }

  /**
   * Gives the directory free for another writer. Closing again does nothing. Never closes a shared
   * file system.
   */
  @Override
  void close();
}
