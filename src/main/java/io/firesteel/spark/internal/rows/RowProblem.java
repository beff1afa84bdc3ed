package io.firesteel.spark.internal.rows;

/** What is wrong with a row of input; it is reported as data, not as a failure of a task. */
public final class RowProblem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public RowProblem(String message) {
    super(message, null, false, false);
  }
}
