package io.firesteel.spark;

import io.firesteel.data.RowHash;
import io.firesteel.spark.RankedRow.RangePartitioner;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** Numbers rows from 0 to N-1, in an order that neither cluster nor partitions have a part in. */
final class NumberedRows {

  private static final int MOST_PARTITIONS = 2000;

  private NumberedRows() {}

  /** Returns rows with their positions in the order by content and seed. */
  static JavaPairRDD<Long, float[]> byContent(JavaRDD<RowChunk> chunks, long seed) {
    int partitions = Math.min(MOST_PARTITIONS, Math.max(1, chunks.getNumPartitions()));
    RangePartitioner partitioner = new RangePartitioner(partitions);
    long[] counts =
        chunks
            .map(chunk -> counts(chunk, seed, partitioner))
            .fold(new long[partitions], NumberedRows::sum);
    long[] offsets = offsets(counts);
    JavaRDD<float[]> sorted =
        chunks
            .flatMapToPair(chunk -> ranked(chunk, seed))
            .repartitionAndSortWithinPartitions(partitioner, new RankedRow.Order())
            .keys()
            .map(RankedRow::values);
    return number(sorted, offsets);
  }

  /**
   * Returns rows with their positions in the order of partitions and within them.
   *
   * @throws IllegalArgumentException if a row is refused
   */
  static JavaPairRDD<Long, float[]> asGiven(JavaRDD<RowChunk> chunks) {
    List<ChunkSummary> partitions = chunks.mapPartitions(NumberedRows::summary).collect();
    for (ChunkSummary partition : partitions) {
      if (partition.problem != null) {
        throw new IllegalArgumentException(partition.problem);
      }
    }

    long[] offsets = offsets(partitions.stream().mapToLong(summary -> summary.rows).toArray());
    return number(rows(chunks), offsets);
  }

  /** Returns the rows of chunks. */
  static JavaRDD<float[]> rows(JavaRDD<RowChunk> chunks) {
    return chunks.flatMap(
        chunk -> IntStream.range(0, chunk.rows()).mapToObj(chunk::row).iterator());
  }

  /** Returns the rows of the positions [from, to), numbered from 0. */
  static JavaPairRDD<Long, float[]> range(JavaPairRDD<Long, float[]> rows, long from, long to) {
    return rows.filter(row -> row._1() >= from && row._1() < to)
        .mapToPair(row -> new Tuple2<>(row._1() - from, row._2()));
  }

  private static JavaPairRDD<Long, float[]> number(JavaRDD<float[]> rows, long[] offsets) {
    return JavaPairRDD.fromJavaRDD(
        rows.mapPartitionsWithIndex((partition, part) -> number(part, offsets[partition]), true));
  }

  private static Iterator<Tuple2<Long, float[]>> number(Iterator<float[]> rows, long offset) {
    long[] next = {offset};
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Tuple2<Long, float[]> next() {
        return new Tuple2<>(next[0]++, rows.next());
      }
    };
  }

  private static Iterator<ChunkSummary> summary(Iterator<RowChunk> chunks) {
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

  private static long[] counts(RowChunk chunk, long seed, RangePartitioner partitioner) {
    long[] counts = new long[partitioner.numPartitions()];
    for (int i = 0; i < chunk.rows(); i++) {
      counts[partitioner.partition(RowHash.rank(chunk.hash(i), seed))]++;
    }

    return counts;
  }

  private static long[] sum(long[] left, long[] right) {
    for (int i = 0; i < left.length; i++) {
      left[i] += right[i];
    }

    return left;
  }

  private static Iterator<Tuple2<RankedRow, Void>> ranked(RowChunk chunk, long seed) {
    return IntStream.range(0, chunk.rows())
        .mapToObj(
            i ->
                new Tuple2<RankedRow, Void>(
                    new RankedRow(RowHash.rank(chunk.hash(i), seed), chunk.row(i)), null))
        .iterator();
  }
}
