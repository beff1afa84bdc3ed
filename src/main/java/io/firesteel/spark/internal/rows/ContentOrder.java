package io.firesteel.spark.internal.rows;

import io.firesteel.spark.internal.rows.SortedKeys.SortKey;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;

/**
 * Numbers rows in the order by content and seed, in which neither cluster nor partitions have a
 * part.
 *
 * <p>Only keys are sorted: each goes to its place in the order and comes back, as a position, to
 * the partition that it came from, so that the rows themselves need not travel before they are
 * dealt.
 */
final class ContentOrder {

  private static final int MOST_RANGES = 2000;
  private static final long RANGE_ROWS = 1L << 19;

  private ContentOrder() {}

  /**
   * Returns rows with their positions.
   *
   * @param keys those of the chunks, in the same partitions
   * @param size the number of rows
   */
  static JavaRDD<KeyedRow> numbered(
      JavaRDD<RowChunk> chunks, JavaRDD<RowKeys> keys, long size, long seed) {
    RowShuffle.Ranges ranges =
        new RowShuffle.Ranges((int) Math.min(MOST_RANGES, 1 + size / RANGE_ROWS));
    JavaRDD<KeyedRow> ranked =
        keys.mapPartitionsWithIndex((partition, part) -> ranked(part, partition, seed), true);
    JavaRDD<KeyedRow> sorted =
        RowShuffle.partitioned(ranked, ranges, SortKey.LAYOUT).mapPartitions(SortedKeys::of);
    JavaRDD<KeyedRow> positions = NumberedRows.number(sorted, offsets(keys, ranges, seed));
    RowShuffle.Home home = new RowShuffle.Home(chunks.getNumPartitions());
    JavaRDD<PartitionOrder> orders =
        keys.zipPartitions(
            RowShuffle.partitioned(positions, home, SortKey.LAYOUT),
            (part, own) -> List.of(PartitionOrder.of(part, own, seed)).iterator());
    return chunks.zipPartitions(orders, ContentOrder::placed);
  }

  private static Iterator<KeyedRow> ranked(Iterator<RowKeys> keys, int partition, long seed) {
    return new FlatIterator<>(
        keys,
        chunk ->
            IntStream.range(0, chunk.rows())
                .mapToObj(
                    i ->
                        new KeyedRow(
                            chunk.rank(i, seed), SortKey.values(chunk.second(i), partition)))
                .iterator());
  }

  private static long[] offsets(JavaRDD<RowKeys> keys, RowShuffle.Ranges ranges, long seed) {
    long[] counts = new long[ranges.numPartitions()];
    return NumberedRows.offsets(
        counts.length == 1
            ? counts
            : keys.map(chunk -> counts(chunk, ranges, seed)).fold(counts, ContentOrder::sum));
  }

  private static long[] counts(RowKeys chunk, RowShuffle.Ranges ranges, long seed) {
    long[] counts = new long[ranges.numPartitions()];
    for (int i = 0; i < chunk.rows(); i++) {
      counts[ranges.partition(chunk.rank(i, seed))]++;
    }

    return counts;
  }

  private static long[] sum(long[] left, long[] right) {
    for (int i = 0; i < left.length; i++) {
      left[i] += right[i];
    }

    return left;
  }

  private static Iterator<KeyedRow> placed(
      Iterator<RowChunk> chunks, Iterator<PartitionOrder> orders) {
    PartitionOrder order = orders.next();
    return new FlatIterator<>(
        chunks,
        chunk ->
            IntStream.range(0, chunk.rows())
                .mapToObj(i -> new KeyedRow(order.position(chunk.keys(), i), chunk.row(i)))
                .iterator());
  }

  /**
   * The items of parts, one part after the other; a part is opened when the one before it is done.
   */
  static final class FlatIterator<P, T> implements Iterator<T> {

    private final Iterator<P> parts;
    private final Function<P, Iterator<T>> items;
    private Iterator<T> current = Collections.emptyIterator();

    FlatIterator(Iterator<P> parts, Function<P, Iterator<T>> items) {
      this.parts = parts;
      this.items = items;
    }

    @Override
    public boolean hasNext() {
      while (!current.hasNext() && parts.hasNext()) {
        current = items.apply(parts.next());
      }

      return current.hasNext();
    }

    @Override
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }

      return current.next();
    }
  }
}
