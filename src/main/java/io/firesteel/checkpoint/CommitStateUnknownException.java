package io.firesteel.checkpoint;

/** Nobody can know whether a checkpoint was committed: the connection broke during the commit. */
public final class CommitStateUnknownException extends CheckpointException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public CommitStateUnknownException(String message, Throwable cause) {
    super(message, cause);
  }
}
