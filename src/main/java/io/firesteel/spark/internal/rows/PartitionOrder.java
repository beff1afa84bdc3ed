package io.firesteel.spark.internal.rows;

import io.firesteel.spark.internal.rows.SparkRows.ChangedShardException;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The positions of one partition's rows. They are asked for row by row, as a rule in the order in
 * which the rows were read when their keys were taken. A partition that is read again may bring its
 * rows in another order; from there on a row finds its position by its hashes. Among rows that are
 * equal, any takes any of their positions.
 */
final class PartitionOrder {

  private final SortedKeys keys;
  private final int[] order;
  private final long[] positions;
  private final long seed;
  private int next;
  /* How many rows of a run of equal ones have a position, at the run's first place in the order. */
  private int @Nullable [] taken;

  private PartitionOrder(SortedKeys keys, int[] order, long[] positions, long seed) {
    this.keys = keys;
    this.order = order;
    this.positions = positions;
    this.seed = seed;
  }

  /**
   * Returns the order of a partition.
   *
   * @param positioned the rows' positions as keys, in any order
   * @throws ChangedShardException if there are not as many positions as rows
   */
  static PartitionOrder of(Iterator<RowKeys> chunks, Iterator<KeyedRow> positioned, long seed) {
    SortedKeys keys = new SortedKeys();
    while (chunks.hasNext()) {
      RowKeys chunk = chunks.next();
      for (int i = 0; i < chunk.rows(); i++) {
        keys.add(chunk.rank(i, seed), chunk.second(i), 0);
      }
    }

    int[] order = keys.order();
    long[] sorted = sorted(positioned, order.length);
    long[] positions = new long[order.length];
    for (int place = 0; place < order.length; place++) {
      positions[order[place]] = sorted[place];
    }

    return new PartitionOrder(keys, order, positions, seed);
  }

  private static long[] sorted(Iterator<KeyedRow> positioned, int rows) {
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
   * Returns the position of the next row; of rows that are equal, another one each time.
   *
   * @throws ChangedShardException if the partition had no such row, or fewer of them
   */
  long position(RowKeys chunk, int index) {
    long rank = chunk.rank(index, seed);
    long second = chunk.second(index);
    boolean expected =
        taken == null
            && next < order.length
            && keys.rank(next) == rank
            && keys.second(next) == second;
    return positions[expected ? next++ : search(rank, second)];
  }

  /** Returns a row with these hashes that no row took before. */
  private int search(long rank, long second) {
    if (taken == null) {
      taken = new int[order.length];
      for (int row = 0; row < next; row++) {
        taken[first(keys.rank(row), keys.second(row))]++;
      }
    }

    int first = first(rank, second);
    int place = first < order.length ? first + taken[first]++ : first;
    if (place >= order.length || compare(order[place], rank, second) != 0) {
      throw new ChangedShardException();
    }

    return order[place];
  }

  /** Returns the first place of these hashes in the order, or where they would stand. */
  private int first(long rank, long second) {
    int low = 0;
    int high = order.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compare(order[middle], rank, second) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }

    return low;
  }

  private int compare(int row, long rank, long second) {
    int byRank = Long.compareUnsigned(keys.rank(row), rank);
    return byRank != 0 ? byRank : Long.compareUnsigned(keys.second(row), second);
  }
}
