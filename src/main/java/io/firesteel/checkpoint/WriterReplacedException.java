package io.firesteel.checkpoint;

/** Another writer has taken a directory of checkpoints over, or it is gone: writing is over. */
public final class WriterReplacedException extends CheckpointException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public WriterReplacedException(String message) {
    super(message, null);
  }
}
