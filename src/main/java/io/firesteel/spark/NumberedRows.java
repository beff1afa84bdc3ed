package io.firesteel.spark;

import io.firesteel.data.RowHash;
import io.firesteel.data.RowLayout;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;

/**
 * Numbers rows from 0 to N-1, in an order that neither cluster nor partitions have a part in. The
 * key of a row is its position.
 */
final class NumberedRows {

  private static final int MOST_PARTITIONS = 2000;
  private static final long PARTITION_BYTES = 1L << 26;

  private NumberedRows() {}

  /**
   * Returns rows with their positions in the order by content and seed.
   *
   * @param bytes the number of bytes of all rows
   */
  static JavaRDD<KeyedRow> byContent(
      JavaRDD<RowChunk> chunks, long bytes, RowLayout layout, long seed) {
    long partitions = Math.max(chunks.getNumPartitions(), bytes / PARTITION_BYTES);
    RowShuffle.Ranges ranges =
        new RowShuffle.Ranges((int) Math.min(MOST_PARTITIONS, Math.max(1, partitions)));
    long[] counts =
        chunks
            .map(chunk -> counts(chunk, seed, ranges))
            .fold(new long[ranges.numPartitions()], NumberedRows::sum);
    JavaRDD<KeyedRow> ranked = chunks.flatMap(chunk -> ranked(chunk, seed));
    return number(RowShuffle.sorted(ranked, ranges, layout), offsets(counts));
  }

  /**
   * Returns rows with their positions in the order of partitions and within them.
   *
   * @throws IllegalArgumentException if a row is refused
   */
  static JavaRDD<KeyedRow> asGiven(JavaRDD<RowChunk> chunks) {
    List<ChunkSummary> partitions = chunks.mapPartitions(NumberedRows::summary).collect();
    for (ChunkSummary partition : partitions) {
      if (partition.problem != null) {
        throw new IllegalArgumentException(partition.problem);
      }
    }

    long[] offsets = offsets(partitions.stream().mapToLong(summary -> summary.rows).toArray());
    return number(chunks.flatMap(chunk -> ranked(chunk, 0)), offsets);
  }

  /** Returns the rows of the positions [from, to), numbered from 0. */
  static JavaRDD<KeyedRow> range(JavaRDD<KeyedRow> rows, long from, long to) {
    return rows.filter(row -> row.key() >= from && row.key() < to)
        .map(row -> new KeyedRow(row.key() - from, row.values()));
  }

  private static JavaRDD<KeyedRow> number(JavaRDD<KeyedRow> rows, long[] offsets) {
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
  static Iterator<ChunkSummary> summary(Iterator<RowChunk> chunks) {
    ChunkSummary sum = ChunkSummary.EMPTY;
    while (chunks.hasNext()) {
      sum = sum.plus(chunks.next().summary());
    }

    return List.of(sum).iterator();
  }

  private static long[] offsets(long[] counts) {
    long[] offsets = new long[counts.length];
    for (int i = 1; i < counts.length; i++) {
      offsets[i] = offsets[i - 1] + counts[i - 1];
    }

    return offsets;
  }

  private static long[] counts(RowChunk chunk, long seed, RowShuffle.Ranges ranges) {
    long[] counts = new long[ranges.numPartitions()];
    for (int i = 0; i < chunk.rows(); i++) {
      counts[ranges.partition(RowHash.rank(chunk.hash(i), seed))]++;
    }

    return counts;
  }

  private static long[] sum(long[] left, long[] right) {
    for (int i = 0; i < left.length; i++) {
      left[i] += right[i];
    }

    return left;
  }

  private static Iterator<KeyedRow> ranked(RowChunk chunk, long seed) {
    return IntStream.range(0, chunk.rows())
        .mapToObj(i -> new KeyedRow(RowHash.rank(chunk.hash(i), seed), chunk.row(i)))
        .iterator();
  }
}
