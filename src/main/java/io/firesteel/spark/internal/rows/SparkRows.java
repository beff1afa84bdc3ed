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
}
