package io.firesteel.spark.internal.rows;

/** Rows that are others than they were when training began. */
public final class ChangedShardException extends RuntimeException {

  public static final String ADVICE =
      "Its query must be deterministic: write the data to files first, or remove what changes from"
          + " run to run (rand(), current_timestamp(), limit without orderBy, user functions)";

  private static final long serialVersionUID = 1L;

  ChangedShardException() {
    super("A partition of the data set was rebuilt with other rows than before. " + ADVICE);
  }

  public ChangedShardException(int shard) {
    super(
        "Shard %d was rebuilt from the data set with other rows than before. %s"
            .formatted(shard, ADVICE));
  }
}
