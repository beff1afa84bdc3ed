package io.firesteel.tensor;

import java.util.Arrays;

/**
 * Finds the ascending order of numbers that are not negative, by sorting their positions by one
 * digit after the other, the lowest first. The arrays stay, and grow where they must.
 */
final class RowOrder {

  private static final int MOST_DIGIT_BITS = 11;
  private static final int MOST_PASSES = 4;

  private final int[] starts = new int[(1 << MOST_DIGIT_BITS) + 1];
  private int[] positions = new int[0];
  private int[] others = new int[0];

  /**
   * Returns the positions of the first {@code size} numbers in their order, until the next call.
   */
  int[] of(int[] numbers, int size) {
    if (positions.length < size) {
      positions = new int[numbers.length];
      others = new int[numbers.length];
    }

    int bits = 0;
    for (int k = 0; k < size; k++) {
      positions[k] = k;
      bits |= numbers[k];
    }

    int width = Integer.SIZE - Integer.numberOfLeadingZeros(bits);
    int digitBits = digitBits(width, size);
    for (int shift = 0; shift < width; shift += digitBits) {
      sort(numbers, size, shift, 1 << digitBits);
    }

    return positions;
  }

  /** Weighs passes over the numbers against passes over the digits, which cost half as much. */
  private static int digitBits(int width, int size) {
    int best = MOST_DIGIT_BITS;
    long least = Long.MAX_VALUE;
    for (int passes = 1; passes <= MOST_PASSES; passes++) {
      int digitBits = (width + passes - 1) / passes;
      long cost = passes * ((1L << digitBits) + 2L * size);
      if (digitBits <= MOST_DIGIT_BITS && cost < least) {
        best = digitBits;
        least = cost;
      }
    }

    return best;
  }

  private void sort(int[] numbers, int size, int shift, int digits) {
    Arrays.fill(starts, 0, digits + 1, 0);
    for (int k = 0; k < size; k++) {
      starts[(numbers[k] >>> shift & (digits - 1)) + 1]++;
    }

    for (int digit = 0; digit < digits; digit++) {
      starts[digit + 1] += starts[digit];
    }

    for (int k = 0; k < size; k++) {
      int position = positions[k];
      others[starts[numbers[position] >>> shift & (digits - 1)]++] = position;
    }

    int[] sorted = others;
    others = positions;
    positions = sorted;
  }
}
