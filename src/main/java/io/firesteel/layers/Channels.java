package io.firesteel.layers;

import java.util.Arrays;

/**
 * Arithmetic with one number for each place along an axis, its channel. Sums of few values are
 * added to the sums of all, so that rounding errors stay small in batches of many values.
 *
 * <p>The arrays that hold one value a channel are parts of one work array, each named by its start;
 * the part at 0 is in use here alone.
 */
final class Channels {

  private static final int GROUP = 64;

  private Channels() {}

  /** Fills a part with the sums of x where the mask says so; the channels come last. */
  static void ofMaskedValues(
      AxisBlock block, int rows, float[] x, boolean[] mask, float[] work, int sums) {
    clear(block, work, sums);
    int channels = block.length();
    for (int place = 0; place < rows * block.outer(); place++) {
      for (int c = 0; mask[place] && c < channels; c++) {
        work[sums + c] += x[place * channels + c];
      }
    }
  }

  /** Fills a part with the sums of (x - shift)², where the mask says so; the channels come last. */
  static void ofMaskedSquares(
      AxisBlock block, int rows, float[] x, boolean[] mask, float[] work, int shift, int sums) {
    clear(block, work, sums);
    int channels = block.length();
    for (int place = 0; place < rows * block.outer(); place++) {
      for (int c = 0; mask[place] && c < channels; c++) {
        float difference = x[place * channels + c] - work[shift + c];
        work[sums + c] += difference * difference;
      }
    }
  }

  /** Fills y with x times the factors where the mask is false; the channels come last. */
  static void scaleMasked(
      AxisBlock block, int rows, float[] x, boolean[] mask, float[] work, int factor, float[] y) {
    int channels = block.length();
    for (int place = 0; place < rows * block.outer(); place++) {
      for (int c = 0; !mask[place] && c < channels; c++) {
        y[place * channels + c] = x[place * channels + c] * work[factor + c];
      }
    }
  }

  /** Fills a part with the sums of x. */
  static void ofValues(AxisBlock block, int rows, float[] x, float[] work, int sums) {
    int groups = rows * block.outer();
    int channels = block.length();
    int inner = block.inner();
    clear(block, work, sums);
    for (int first = 0; first < groups; first += GROUP) {
      int end = Math.min(groups, first + GROUP);
      if (inner == 1) {
        addValues(x, first * channels, end * channels, work, channels);
      } else {
        for (int run = first * channels; run < end * channels; run++) {
          work[run % channels] += sum(x, run * inner, inner);
        }
      }

      flush(block, work, sums);
    }
  }

  /** Adds places one after the other; eight at a time only saves going through the sums. */
  private static void addValues(float[] x, int start, int end, float[] work, int n) {
    int from = start;
    for (; from + 8 * n <= end; from += 8 * n) {
      FloatRanges.addEight(x, from, work, n);
    }

    for (; from < end; from += n) {
      FloatRanges.add(x, from, work, 0, n);
    }
  }

  /** Fills a part with the sums of x (y - shift). */
  static void ofProducts(
      AxisBlock block, int rows, float[] x, float[] y, float[] work, int shift, int sums) {
    int groups = rows * block.outer();
    int channels = block.length();
    int inner = block.inner();
    clear(block, work, sums);
    for (int first = 0; first < groups; first += GROUP) {
      int end = Math.min(groups, first + GROUP);
      if (inner == 1) {
        addProducts(x, y, first * channels, end * channels, work, shift, channels);
      } else {
        for (int run = first * channels; run < end * channels; run++) {
          float middle = work[shift + run % channels];
          work[run % channels] += product(x, y, middle, run * inner, inner);
        }
      }

      flush(block, work, sums);
    }
  }

  private static void addProducts(
      float[] x, float[] y, int start, int end, float[] work, int shift, int n) {
    int a = start;
    for (; a + 4 * n <= end; a += 4 * n) {
      int b = a + n;
      int c = b + n;
      int d = c + n;
      for (int i = 0; i < n; i++) {
        float middle = work[shift + i];
        float two = work[i] + x[a + i] * (y[a + i] - middle) + x[b + i] * (y[b + i] - middle);
        work[i] = two + x[c + i] * (y[c + i] - middle) + x[d + i] * (y[d + i] - middle);
      }
    }

    for (; a < end; a += n) {
      for (int i = 0; i < n; i++) {
        work[i] += x[a + i] * (y[a + i] - work[shift + i]);
      }
    }
  }

  /** Fills a part with the sums of the squares of x - shift. */
  static void ofSquares(AxisBlock block, int rows, float[] x, float[] work, int shift, int sums) {
    int groups = rows * block.outer();
    int channels = block.length();
    int inner = block.inner();
    clear(block, work, sums);
    for (int first = 0; first < groups; first += GROUP) {
      int end = Math.min(groups, first + GROUP);
      if (inner == 1) {
        addSquares(x, first * channels, end * channels, work, shift, channels);
      } else {
        for (int run = first * channels; run < end * channels; run++) {
          work[run % channels] += squares(x, work[shift + run % channels], run * inner, inner);
        }
      }

      flush(block, work, sums);
    }
  }

  private static void addSquares(float[] x, int start, int end, float[] work, int shift, int n) {
    int from = start;
    for (; from + 4 * n <= end; from += 4 * n) {
      for (int i = 0; i < n; i++) {
        float middle = work[shift + i];
        float a = x[from + i] - middle;
        float b = x[from + n + i] - middle;
        float c = x[from + 2 * n + i] - middle;
        float d = x[from + 3 * n + i] - middle;
        work[i] = work[i] + a * a + b * b + c * c + d * d;
      }
    }

    for (; from < end; from += n) {
      for (int i = 0; i < n; i++) {
        float difference = x[from + i] - work[shift + i];
        work[i] += difference * difference;
      }
    }
  }

  /** Computes y = x factor + summand. */
  static void scale(
      AxisBlock block, int rows, float[] x, float[] work, int factor, int summand, float[] y) {
    int inner = block.inner();
    int channels = block.length();
    int n = rows * block.outer() * channels * inner;
    if (inner == 1) {
      ChannelBlocks.of(work, factor, summand, channels).scale(x, y, n);
      return;
    }

    for (int from = 0; from < n; from += inner) {
      int c = from / inner % channels;
      for (int i = from; i < from + inner; i++) {
        y[i] = x[i] * work[factor + c] + work[summand + c];
      }
    }
  }

  /** Computes y += (x - shift) factor. */
  static void addScaled(
      AxisBlock block, int rows, float[] x, float[] work, int shift, int factor, float[] y) {
    int inner = block.inner();
    int channels = block.length();
    int n = rows * block.outer() * channels * inner;
    if (inner == 1) {
      ChannelBlocks.of(work, factor, shift, channels).addScaled(x, y, n);
      return;
    }

    for (int from = 0; from < n; from += inner) {
      int c = from / inner % channels;
      for (int i = from; i < from + inner; i++) {
        y[i] += (x[i] - work[shift + c]) * work[factor + c];
      }
    }
  }

  private static void clear(AxisBlock block, float[] work, int sums) {
    Arrays.fill(work, 0, block.length(), 0.0f);
    Arrays.fill(work, sums, sums + block.length(), 0.0f);
  }

  private static void flush(AxisBlock block, float[] work, int sums) {
    for (int c = 0; c < block.length(); c++) {
      work[sums + c] += work[c];
      work[c] = 0.0f;
    }
  }

  private static float sum(float[] x, int from, int n) {
    double sum = 0.0;
    for (int i = from; i < from + n; i++) {
      sum += x[i];
    }

    return (float) sum;
  }

  private static float product(float[] x, float[] y, float shift, int from, int n) {
    double sum = 0.0;
    for (int i = from; i < from + n; i++) {
      sum += x[i] * (y[i] - shift);
    }

    return (float) sum;
  }

  private static float squares(float[] x, float shift, int from, int n) {
    double sum = 0.0;
    for (int i = from; i < from + n; i++) {
      float difference = x[i] - shift;
      sum += difference * difference;
    }

    return (float) sum;
  }
}
