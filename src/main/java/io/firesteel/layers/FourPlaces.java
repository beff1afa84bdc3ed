package io.firesteel.layers;

/**
 * The four places of each window of a line of 2 x 2 windows that lie side by side, each in an array
 * of its own that begins with the first window. A JVM makes SIMD instructions of a loop only where
 * all its arrays have the same index; so the places are copied, and those of all windows and
 * channels are one loop. A thread has one, which grows.
 */
final class FourPlaces {

  /* Its square times the smallest float is above 1. */
  private static final float HUGE = 1e30f;

  /* With fewer channels single values are copied in long loops, not runs in short ones. */
  private static final int FEW_CHANNELS = 8;

  private static final ThreadLocal<FourPlaces> OWN = ThreadLocal.withInitial(FourPlaces::new);

  private float[] upperLeft = new float[0];
  private float[] upperRight = upperLeft;
  private float[] lowerLeft = upperLeft;
  private float[] lowerRight = upperLeft;
  private float[] largest = upperLeft;
  private float[] gradient = upperLeft;

  private FourPlaces() {}

  /** Returns the calling thread's, for lines of so many values. */
  static FourPlaces of(int size) {
    FourPlaces places = OWN.get();
    if (places.largest.length < size) {
      places.upperLeft = new float[size];
      places.upperRight = new float[size];
      places.lowerLeft = new float[size];
      places.lowerRight = new float[size];
      places.largest = new float[size];
      places.gradient = new float[size];
    }

    return places;
  }

  /**
   * Writes the largest value of each window.
   *
   * @param x the image, whose windows begin at {@code from}
   * @param below how far the lower two places of a window lie behind the upper ones
   * @param y the windows' values, from {@code to} on
   */
  void forward(float[] x, int from, int below, float[] y, int to, int windows, int depth) {
    take(x, from, upperLeft, upperRight, windows, depth);
    take(x, from + below, lowerLeft, lowerRight, windows, depth);
    int n = windows * depth;
    largestOf(upperLeft, upperRight, lowerLeft, lowerRight, largest, n);
    System.arraycopy(largest, 0, y, to, n);
  }

  private static void largestOf(float[] a, float[] b, float[] c, float[] d, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(Math.max(a[i], b[i]), Math.max(c[i], d[i]));
    }
  }

  /**
   * Hands the gradient of each window to the first of its places, line by line, that holds its
   * largest value, and zero to the others.
   *
   * @param call whose input's windows begin at {@code place}, and the output's at {@code output}
   * @param below how far the lower two places of a window lie behind the upper ones
   */
  void backward(
      LayerCall call, int place, int below, int output, float[] ofInput, int windows, int depth) {
    take(call.input(), place, upperLeft, upperRight, windows, depth);
    take(call.input(), place + below, lowerLeft, lowerRight, windows, depth);
    int n = windows * depth;
    System.arraycopy(call.output(), output, largest, 0, n);
    System.arraycopy(call.outputGradient(), output, gradient, 0, n);
    hand(gradient, largest, upperLeft, n);
    hand(gradient, largest, upperRight, n);
    hand(gradient, largest, lowerLeft, n);
    hand(gradient, largest, lowerRight, n);
    put(upperLeft, upperRight, ofInput, place, windows, depth);
    put(lowerLeft, lowerRight, ofInput, place + below, windows, depth);
  }

  /** Replaces values by what they get of a gradient, of which the rest is left. */
  private static void hand(float[] left, float[] largest, float[] values, int n) {
    for (int i = 0; i < n; i++) {
      float whole = left[i];
      float kept = below(values[i], largest[i]);
      values[i] = 0.0f + whole * (1.0f - kept);
      left[i] = whole * kept;
    }
  }

  /**
   * Returns 1 below the maximum and 0 at it, without a branch: below it the difference, blown up,
   * is at least 1.
   */
  static float below(float value, float largest) {
    return Math.min(1.0f, (largest - value) * HUGE * HUGE);
  }

  private static void take(
      float[] line, int start, float[] left, float[] right, int windows, int depth) {
    if (depth < FEW_CHANNELS) {
      for (int c = 0; c < depth; c++) {
        for (int window = 0; window < windows; window++) {
          left[window * depth + c] = line[start + 2 * window * depth + c];
          right[window * depth + c] = line[start + 2 * window * depth + depth + c];
        }
      }

      return;
    }

    int from = start;
    for (int to = 0; to < windows * depth; to += depth) {
      System.arraycopy(line, from, left, to, depth);
      System.arraycopy(line, from + depth, right, to, depth);
      from += 2 * depth;
    }
  }

  private static void put(
      float[] left, float[] right, float[] line, int start, int windows, int depth) {
    if (depth < FEW_CHANNELS) {
      for (int c = 0; c < depth; c++) {
        for (int window = 0; window < windows; window++) {
          line[start + 2 * window * depth + c] = left[window * depth + c];
          line[start + 2 * window * depth + depth + c] = right[window * depth + c];
        }
      }

      return;
    }

    int to = start;
    for (int from = 0; from < windows * depth; from += depth) {
      System.arraycopy(left, from, line, to, depth);
      System.arraycopy(right, from, line, to + depth, depth);
      to += 2 * depth;
    }
  }
}
