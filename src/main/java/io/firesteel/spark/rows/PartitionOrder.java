package io.firesteel.spark.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * The positions of one partition's rows. A row finds its position by its hashes, so the partition
 * may bring its rows in another order when it is read again; among rows that are equal, any takes
 * any of their positions.
 */
final class PartitionOrder {

  /* Ordered as unsigned numbers, which their order is when their first bit is turned round. */
  private final long[] ranks;
  private final long[] seconds;
  private final int[] taken;
  private final long[] positions;
  private final long seed;

  private PartitionOrder(long[] ranks, long[] seconds, long[] positions, long seed) {
    this.ranks = ranks;
    this.seconds = seconds;
    this.positions = positions;
    this.taken = new int[ranks.length];
    this.seed = seed;
  }

  /**
   * Returns the order of a partition.
   *
   * @param positioned the rows' positions as keys, in any order
   * @throws ChangedShardException if there are not as many positions as rows
   */
  static PartitionOrder of(Iterator<RowKeys> keys, Iterator<KeyedRow> positioned, long seed) {
    List<RowKeys> chunks = new ArrayList<>();
    keys.forEachRemaining(chunks::add);
    int rows = chunks.stream().mapToInt(RowKeys::rows).sum();
    long[] ranks = new long[rows];
    int next = 0;
    for (RowKeys chunk : chunks) {
      for (int i = 0; i < chunk.rows(); i++) {
        ranks[next++] = signed(chunk.rank(i, seed));
      }
    }

    Arrays.sort(ranks);
    return new PartitionOrder(
        ranks, seconds(chunks, ranks, seed), positions(positioned, rows), seed);
  }

  private static long[] seconds(List<RowKeys> chunks, long[] ranks, long seed) {
    long[] seconds = new long[ranks.length];
    int[] filled = new int[ranks.length];
    for (RowKeys chunk : chunks) {
      for (int i = 0; i < chunk.rows(); i++) {
        int first = first(ranks, 0, ranks.length, signed(chunk.rank(i, seed)));
        seconds[first + filled[first]++] = signed(chunk.second(i));
      }
    }

    for (int first = 0; first < filled.length; first++) {
      if (filled[first] > 1) {
        Arrays.sort(seconds, first, first + filled[first]);
      }
    }

    return seconds;
  }

  private static long[] positions(Iterator<KeyedRow> positioned, int rows) {
    long[] positions = new long[rows];
    int count = 0;
    for (; positioned.hasNext() && count < rows; count++) {
      positions[count] = positioned.next().key();
    }

    if (count < rows || positioned.hasNext()) {
      throw new ChangedShardException();
    }

    Arrays.sort(positions);
    return positions;
  }

  /**
   * Returns the position of a row; of rows that are equal, another one each time.
   *
   * @throws ChangedShardException if the partition had no such row, or fewer of them
   */
  long position(RowKeys keys, int index) {
    long rank = signed(keys.rank(index, seed));
    long second = signed(keys.second(index));
    int first = first(ranks, 0, ranks.length, rank);
    int end = first;
    while (end < ranks.length && ranks[end] == rank && seconds[end] < second) {
      end++;
    }

    int place = end < ranks.length ? end + taken[end]++ : end;
    if (place >= ranks.length || ranks[place] != rank || seconds[place] != second) {
      throw new ChangedShardException();
    }

    return positions[place];
  }

  /** Returns the first place of a value, or where it would stand. */
  private static int first(long[] values, int from, int to, long value) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (values[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }

    return low;
  }

  private static long signed(long unsigned) {
    return unsigned ^ Long.MIN_VALUE;
  }
}
