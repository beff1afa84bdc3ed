package io.firesteel.tensor;

import java.util.Arrays;

/**
 * Finds the ascending order of numbers that are not negative, by sorting their positions by one
 * digit after the other, the lowest first. The arrays stay, and grow where they must.
 */
final class RowOrder {

  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;

  private final int[] starts = new int[DIGITS + 1];
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

    for (int shift = 0; shift < Integer.SIZE && bits >>> shift != 0; shift += DIGIT_BITS) {
      sort(numbers, size, shift);
    }

    return positions;
  }

  private void sort(int[] numbers, int size, int shift) {
    Arrays.fill(starts, 0);
    for (int k = 0; k < size; k++) {
      starts[(numbers[k] >>> shift & (DIGITS - 1)) + 1]++;
    }

    for (int digit = 0; digit < DIGITS; digit++) {
      starts[digit + 1] += starts[digit];
    }

    for (int k = 0; k < size; k++) {
      int position = positions[k];
      others[starts[numbers[position] >>> shift & (DIGITS - 1)]++] = position;
    }

    int[] sorted = others;
    others = positions;
    positions = sorted;
  }
}
