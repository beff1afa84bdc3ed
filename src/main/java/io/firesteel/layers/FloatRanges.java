package io.firesteel.layers;

import java.util.Arrays;

/** Loops over ranges of arrays of floats. */
final class FloatRanges {

  /* Below this length a loop copies faster than System.arraycopy. */
  private static final int SHORT = 24;

  private FloatRanges() {}

  /** Copies n values. */
  static void copy(float[] from, int start, float[] to, int target, int n) {
    if (n > SHORT) {
      System.arraycopy(from, start, to, target, n);
      return;
    }

    for (int i = 0; i < n; i++) {
      to[target + i] = from[start + i];
    }
  }

  /** Adds n values. */
  static void add(float[] from, int start, float[] to, int target, int n) {
    for (int i = 0; i < n; i++) {
      to[target + i] += from[start + i];
    }
  }

  /** Adds a vector to each of the vectors that n values are. */
  static void addToEach(float[] vector, float[] to, int start, int n) {
    for (int target = start; target < start + n; target += vector.length) {
      add(vector, 0, to, target, vector.length);
    }
  }

  /** Fills a vector with the sum of the vectors that n values are. */
  static void sumOfAll(float[] from, int start, int n, float[] vector) {
    Arrays.fill(vector, 0.0f);
    for (int i = start; i < start + n; i += vector.length) {
      add(from, i, vector, 0, vector.length);
    }
  }

  /** Transposes each of some matrices from outer x inner to inner x outer. */
  static void transpose(
      float[] from, int fromStart, float[] to, int toStart, int matrices, int outer, int inner) {
    int size = outer * inner;
    for (int m = 0; m < matrices; m++) {
      int source = fromStart + m * size;
      int target = toStart + m * size;
      for (int i = 0; i < outer; i++) {
        for (int j = 0; j < inner; j++) {
          to[target + j * outer + i] = from[source + i * inner + j];
        }
      }
    }
  }
}
