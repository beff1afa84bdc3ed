package io.firesteel.spark.internal.rows;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What the driver needs to know of a chunk of rows. It is no record, so that Kryo can write it. */
final class ChunkSummary implements Serializable {

  private static final long serialVersionUID = 1L;

  static final ChunkSummary EMPTY = new ChunkSummary(0, 0, 0, 0, new int[0], "", null);

  final long rows;
  final long skipped;
  final long bytes;
  final long hash;
  final int[] widths;
  final String firstRow;
  final @Nullable String problem;

  ChunkSummary(
      long rows,
      long skipped,
      long bytes,
      long hash,
      int[] widths,
      String firstRow,
      @Nullable String problem) {
    this.rows = rows;
    this.skipped = skipped;
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
        skipped + other.skipped,
        bytes + other.bytes,
        hash + other.hash,
        other.widths,
        other.firstRow,
        problem == null ? other.problem : problem);
  }
}
