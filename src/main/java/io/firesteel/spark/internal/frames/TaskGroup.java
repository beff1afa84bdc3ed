package io.firesteel.spark.internal.frames;

/**
 * The tasks of one executor that add their sums among themselves in a round, so that one of them
 * sends them all.
 *
 * @param id a number that no other group of the fit has; 0 for a task that is alone
 * @param size the number of tasks
 */
public record TaskGroup(int id, int size) {

  /** Of a task that sends its own sums. */
  public static final TaskGroup ALONE = new TaskGroup(0, 1);

  /** Tells whether there are others. */
  public boolean isShared() {
    return size > 1;
  }
}
