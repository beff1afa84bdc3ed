package io.firesteel.checkpoint;

import org.jspecify.annotations.Nullable;

/** A checkpoint could not be written or read. */
public class CheckpointException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
