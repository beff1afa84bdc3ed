package io.firesteel.spark.internal.resident;

/**
 * Says that a process lacks what {@link io.firesteel.spark.internal.seam.SparkInternals} needs of
 * Spark.
 */
final class MissingInternalsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MissingInternalsException(Throwable cause) {
    super(cause.toString(), cause);
  }

  MissingInternalsException(String what) {
    super(what);
  }
}
