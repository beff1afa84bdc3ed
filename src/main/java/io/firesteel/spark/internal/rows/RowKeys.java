package io.firesteel.spark.internal.rows;

import io.firesteel.internal.data.RowHash;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What puts the rows of a chunk in order, their hashes, and what the driver needs to know of them.
 */
final class RowKeys implements Serializable {

  private static final long serialVersionUID = 1L;

  /* The two hashes of each row, one row after the other. */
  private final long[] hashes;
  private final long bytes;
  private final int[] widths;
  private final String firstRow;
  private final @Nullable String problem;

  /**
   * Creates the keys of rows.
   *
   * @param widths the number of values of each column
   * @param firstRow the first row as it stands in errors
   * @param problem what is wrong with the next row, or null
   */
  RowKeys(List<float[]> rows, int[] widths, String firstRow, @Nullable String problem) {
    this.hashes = new long[2 * rows.size()];
    long size = 0;
    for (int i = 0; i < rows.size(); i++) {
      RowHash.both(rows.get(i), hashes, 2 * i);
      size += rows.get(i).length;
    }

    this.bytes = size * Float.BYTES;

    this.widths = widths;
    this.firstRow = firstRow;
    this.problem = problem;
  }

  /** Returns the number of rows. */
  int rows() {
    return hashes.length / 2;
  }

  /** Returns the rank of a row under a seed, see {@link RowHash#rank}. */
  long rank(int index, long seed) {
    return RowHash.rank(hashes[2 * index], seed);
  }

  /** Returns what orders a row among those of the same rank. */
  long second(int index) {
    return hashes[2 * index + 1];
  }

  /** Returns what the driver needs to know. */
  ChunkSummary summary() {
    long sum = 0;
    for (int i = 0; i < hashes.length; i += 2) {
      sum += hashes[i];
    }

    return new ChunkSummary(rows(), bytes, sum, widths, firstRow, problem);
  }

  /**
   * What the driver needs to know of a chunk of rows. It is no record, so that Kryo can write it.
   */
  static final class ChunkSummary implements Serializable {

    private static final long serialVersionUID = 1L;

    static final ChunkSummary EMPTY = new ChunkSummary(0, 0, 0, new int[0], "", null);

    final long rows;
    final long bytes;
    final long hash;
    final int[] widths;
    final String firstRow;
    final @Nullable String problem;

    ChunkSummary(
        long rows, long bytes, long hash, int[] widths, String firstRow, @Nullable String problem) {
      this.rows = rows;
      this.bytes = bytes;
      this.hash = hash;
      this.widths = widths;
      this.firstRow = firstRow;
      this.problem = problem;
    }

    /** Returns the sums of this and another one, with the first problem. */
    ChunkSummary plus(ChunkSummary other) {
      return new ChunkSummary(
          rows + other.rows,
          bytes + other.bytes,
          hash + other.hash,
          other.widths,
          other.firstRow,
          problem == null ? other.problem : problem);
    }
  }
}
