package io.firesteel.spark.internal.rows;

import io.firesteel.internal.data.RowLayout;

/**
 * What stands for a row while keys are sorted: behind its rank, its second hash and its partition,
 * as whole numbers that floats hold exactly and order alike.
 */
final class SortKey {

  private static final int WIDTH = 4;

  static final RowLayout LAYOUT = RowLayout.of(WIDTH - 1, 1);

  private static final int PART_BITS = 22;
  private static final int PART = (1 << PART_BITS) - 1;

  private SortKey() {}

  /** Returns the values of a row's key, by which those of the same rank are ordered. */
  static float[] values(long second, int partition) {
    return new float[] {
      second >>> 2 * PART_BITS, second >>> PART_BITS & PART, second & PART, partition
    };
  }

  /** Returns the second hash in the values of a key. */
  static long second(float[] values) {
    return (long) values[0] << 2 * PART_BITS | (long) values[1] << PART_BITS | (long) values[2];
  }

  /** Returns the partition in the values of a key. */
  static int partition(float[] values) {
    return (int) values[WIDTH - 1];
  }
}
