package io.firesteel.layers;

import java.util.Arrays;

/** Loops over ranges of arrays of floats. */
final class FloatRanges {

  /* Below this length a loop copies faster than System.arraycopy. */
  private static final int SHORT = 24;

  /* As many values as a loop of SIMD instructions pays for, and stay in a core's own cache. */
  static final int BLOCK = 2048;

  private static final int LEAST_BLOCK = 64;

  private static final ThreadLocal<float[][]> BLOCKS =
      ThreadLocal.withInitial(() -> new float[2][BLOCK]);

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

  /**
   * Copies runs of n values each, which begin so many values apart here and there. Short ones are
   * copied value by value of all runs, as a loop costs more than the few values of a run.
   */
  static void copyRuns(
      float[] from, int start, int step, float[] to, int target, int apart, int runs, int n) {
    if (n > SHORT) {
      for (int run = 0; run < runs; run++) {
        System.arraycopy(from, start + run * step, to, target + run * apart, n);
      }

      return;
    }

    for (int i = 0; i < n; i++) {
      for (int run = 0; run < runs; run++) {
        to[target + run * apart + i] = from[start + run * step + i];
      }
    }
  }

  /** Adds n values. */
  static void add(float[] from, int start, float[] to, int target, int n) {
    for (int i = 0; i < n; i++) {
      to[target + i] += from[start + i];
    }
  }

  /**
   * Adds a vector to each of the vectors that n values are. A JVM makes SIMD instructions of a loop
   * only where all its arrays have the same index; so blocks of values are copied to where a block
   * of vectors begins.
   */
  static void addToEach(float[] vector, float[] to, int start, int n) {
    int width = vector.length;
    if (width > BLOCK || n < LEAST_BLOCK) {
      for (int target = start; target < start + n; target += width) {
        add(vector, 0, to, target, width);
      }

      return;
    }

    float[][] blocks = BLOCKS.get();
    float[] vectors = blocks[0];
    float[] values = blocks[1];
    int size = Math.min(n, BLOCK / width * width);
    for (int i = 0; i < size; i += width) {
      copy(vector, 0, vectors, i, width);
    }

    for (int done = 0; done < n; done += size) {
      int count = Math.min(size, n - done);
      System.arraycopy(to, start + done, values, 0, count);
      for (int i = 0; i < count; i++) {
        values[i] += vectors[i];
      }

      System.arraycopy(values, 0, to, start + done, count);
    }
  }

  /**
   * Fills a vector with the sum of the vectors that n values are, added one after the other; eight
   * at a time only saves going through the sums.
   */
  static void sumOfAll(float[] from, int start, int n, float[] vector) {
    Arrays.fill(vector, 0.0f);
    int width = vector.length;
    int end = start + n;
    int next = start;
    for (; next + 8 * width <= end; next += 8 * width) {
      addEight(from, next, vector, width);
    }

    for (; next < end; next += width) {
      add(from, next, vector, 0, width);
    }
  }

  /** Adds eight vectors, one after the other. */
  static void addEight(float[] from, int start, float[] vector, int width) {
    int b = start + width;
    int c = b + width;
    int d = c + width;
    int e = d + width;
    int f = e + width;
    int g = f + width;
    int h = g + width;
    for (int i = 0; i < width; i++) {
      float four = vector[i] + from[start + i] + from[b + i] + from[c + i] + from[d + i];
      vector[i] = four + from[e + i] + from[f + i] + from[g + i] + from[h + i];
    }
  }

  /** Adds to n values those of three ranges, one after the other, which lie so far apart. */
  static void addThree(float[] from, int start, int apart, float[] to, int target, int n) {
    int second = start + apart;
    int third = second + apart;
    for (int i = 0; i < n; i++) {
      to[target + i] = to[target + i] + from[start + i] + from[second + i] + from[third + i];
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
