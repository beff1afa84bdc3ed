package io.firesteel.spark;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What the driver needs to know of a chunk of rows. It is no record, so that Kryo can write it. */
final class ChunkSummary implements Serializable {

  private static final long serialVersionUID = 1L;

  final int rows;
  final long hash;
  final int[] widths;
  final String firstRow;
  final @Nullable String problem;

  ChunkSummary(int rows, long hash, int[] widths, String firstRow, @Nullable String problem) {
    this.rows = rows;
    this.hash = hash;
    this.widths = widths;
    this.firstRow = firstRow;
    this.problem = problem;
  }
}
