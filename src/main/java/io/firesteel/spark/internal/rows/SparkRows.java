package io.firesteel.spark.internal.rows;

import io.firesteel.internal.data.Fingerprint;
import io.firesteel.internal.data.RowLayout;
import org.apache.spark.api.java.JavaRDD;

/** Rows on a cluster that can be put in a global order. */
public interface SparkRows {

  /** Returns what the values of a row are. */
  RowLayout layout();

  /** Returns about how many bytes the values of a row take. */
  long rowBytes();

  /** Returns the number of rows and the sum of their hashes. */
  Fingerprint fingerprint();

  /**
   * Returns the rows, their keys being their positions in the order of a plan.
   *
   * @throws IllegalArgumentException if the order can't be had
   */
  JavaRDD<KeyedRow> numbered(long seed, boolean shuffle);

  /** Returns the rows in any order. */
  JavaRDD<float[]> values();

  /** Keeps what is costly to read again, until {@link #release}. */
  void acquire();

  /** Frees what is costly to read again when the last one who acquired it has released it. */
  void release();

  /** Rows that are others than they were when training began. */
  public static final class ChangedShardException extends RuntimeException {

    public static final String ADVICE =
        "Its query must be deterministic: write the data to files first, or remove what changes"
            + " from run to run (rand(), current_timestamp(), limit without orderBy, user"
            + " functions)";

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
}
