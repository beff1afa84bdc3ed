package io.firesteel.spark.internal.rows;

import io.firesteel.spark.internal.rows.RowKeys.ChunkSummary;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;

/** Rows with their positions from 0 to N-1 as keys. */
final class NumberedRows {

  private NumberedRows() {}

  /**
   * Returns rows with their positions in the order of partitions and within them.
   *
   * @throws IllegalArgumentException if a row is refused
   */
  static JavaRDD<KeyedRow> asGiven(JavaRDD<RowChunk> chunks) {
    List<ChunkSummary> partitions =
        chunks.map(RowChunk::keys).mapPartitions(NumberedRows::summary).collect();
    for (ChunkSummary partition : partitions) {
      if (partition.problem != null) {
        throw new IllegalArgumentException(partition.problem);
      }
    }

    long[] offsets = offsets(partitions.stream().mapToLong(summary -> summary.rows).toArray());
    return number(chunks.flatMap(NumberedRows::unnumbered), offsets);
  }

  /** Returns the rows of the positions [from, to), numbered from 0. */
  static JavaRDD<KeyedRow> range(JavaRDD<KeyedRow> rows, long from, long to) {
    return rows.filter(row -> row.key() >= from && row.key() < to)
        .map(row -> new KeyedRow(row.key() - from, row.values()));
  }

  /** Returns rows numbered in their order, from an offset on in each partition. */
  static JavaRDD<KeyedRow> number(JavaRDD<KeyedRow> rows, long[] offsets) {
    return rows.mapPartitionsWithIndex((partition, part) -> number(part, offsets[partition]), true);
  }

  private static Iterator<KeyedRow> number(Iterator<KeyedRow> rows, long offset) {
    long[] next = {offset};
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public KeyedRow next() {
        return new KeyedRow(next[0]++, rows.next().values());
      }
    };
  }

  /** Returns the sum of the chunks of a partition. */
  static Iterator<ChunkSummary> summary(Iterator<RowKeys> chunks) {
    ChunkSummary sum = ChunkSummary.EMPTY;
    while (chunks.hasNext()) {
      sum = sum.plus(chunks.next().summary());
    }

    return List.of(sum).iterator();
  }

  /** Returns the first number of each partition. */
  static long[] offsets(long[] counts) {
    long[] offsets = new long[counts.length];
    for (int i = 1; i < counts.length; i++) {
      offsets[i] = offsets[i - 1] + counts[i - 1];
    }

    return offsets;
  }

  private static Iterator<KeyedRow> unnumbered(RowChunk chunk) {
    return IntStream.range(0, chunk.rows()).mapToObj(i -> new KeyedRow(0, chunk.row(i))).iterator();
  }
}
