package io.firesteel.internal.archive;

/**
 * An HDF5 file is broken, or holds what is not read; the message says which file, where and why.
 */
public final class Hdf5Exception extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public Hdf5Exception(String message) {
    super(message);
  }

  Hdf5Exception(String message, Throwable cause) {
    super(message, cause);
  }
}
