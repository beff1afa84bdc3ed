package io.firesteel.layers;

import java.util.Arrays;

/**
 * The three columns of the windows of a line, three places wide and one place apart, each in an
 * array of its own, at the places of the line that they came from. A JVM makes SIMD instructions of
 * a loop only where all its arrays have the same index; so a line is one loop. A thread has one,
 * which grows.
 */
final class ThreeColumns {

  private static final ThreadLocal<ThreeColumns> OWN = ThreadLocal.withInitial(ThreeColumns::new);

  private float[] first = new float[0];
  private float[] second = first;
  private float[] third = first;
  private float[] sums = first;

  private ThreeColumns() {}

  /** Returns the calling thread's, for lines of so many values. */
  static ThreeColumns of(int size) {
    ThreeColumns columns = OWN.get();
    if (columns.sums.length < size) {
      columns.first = new float[size];
      columns.second = new float[size];
      columns.third = new float[size];
      columns.sums = new float[size];
    }

    return columns;
  }

  /**
   * Adds to each place of a line what the up to three windows around it hold, window by window.
   * Where there is no window zero is added, which changes nothing: a sum that begins with +0.0 is
   * never -0.0.
   *
   * @param matrix the windows, whose line begins at {@code from}, each a row of {@code rowSize}
   * @param left how far the first window begins before the line
   * @param line the line's {@code width} places from index {@code to} on
   */
  void add(
      float[] matrix,
      int from,
      int rowSize,
      int windows,
      int left,
      int channels,
      float[] line,
      int to,
      int width) {
    take(matrix, from + 2 * channels, rowSize, windows, 2 - left, channels, third, width);
    take(matrix, from + channels, rowSize, windows, 1 - left, channels, second, width);
    take(matrix, from, rowSize, windows, -left, channels, first, width);
    int n = width * channels;
    System.arraycopy(line, to, sums, 0, n);
    add(sums, third, second, first, n);
    System.arraycopy(sums, 0, line, to, n);
  }

  /** Copies a column of the windows to where it belongs, the first window's to {@code place}. */
  private static void take(
      float[] matrix,
      int from,
      int rowSize,
      int windows,
      int place,
      int channels,
      float[] to,
      int width) {
    int begin = Math.max(0, place);
    int end = Math.max(begin, Math.min(width, place + windows));
    Arrays.fill(to, 0, Math.min(begin, width) * channels, 0.0f);
    int source = from + (begin - place) * rowSize;
    for (int column = begin; column < end; column++) {
      System.arraycopy(matrix, source, to, column * channels, channels);
      source += rowSize;
    }

    Arrays.fill(to, Math.min(end, width) * channels, width * channels, 0.0f);
  }

  private static void add(float[] sums, float[] a, float[] b, float[] c, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] = sums[i] + a[i] + b[i] + c[i];
    }
  }
}
