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
    clear(block, work, sums);
    for (int group = 0; group < groups; group++) {
      int from = group * block.length() * block.inner();
      if (block.inner() == 1) {
        for (int c = 0; c < block.length(); c++) {
          work[c] += x[from + c];
        }
      } else {
        for (int c = 0; c < block.length(); c++) {
          work[c] += sum(x, from + c * block.inner(), block.inner());
        }
      }

      flush(block, group == groups - 1, group, work, sums);
    }
  }

  /** Fills a part with the sums of x (y - shift). */
  static void ofProducts(
      AxisBlock block, int rows, float[] x, float[] y, float[] work, int shift, int sums) {
    int groups = rows * block.outer();
    clear(block, work, sums);
    for (int group = 0; group < groups; group++) {
      int from = group * block.length() * block.inner();
      if (block.inner() == 1) {
        for (int c = 0; c < block.length(); c++) {
          work[c] += x[from + c] * (y[from + c] - work[shift + c]);
        }
      } else {
        for (int c = 0; c < block.length(); c++) {
          work[c] += product(x, y, work[shift + c], from + c * block.inner(), block.inner());
        }
      }

      flush(block, group == groups - 1, group, work, sums);
    }
  }

  /** Fills a part with the sums of the squares of x - shift. */
  static void ofSquares(AxisBlock block, int rows, float[] x, float[] work, int shift, int sums) {
    int groups = rows * block.outer();
    clear(block, work, sums);
    for (int group = 0; group < groups; group++) {
      int from = group * block.length() * block.inner();
      if (block.inner() == 1) {
        for (int c = 0; c < block.length(); c++) {
          float difference = x[from + c] - work[shift + c];
          work[c] += difference * difference;
        }
      } else {
        for (int c = 0; c < block.length(); c++) {
          work[c] += squares(x, work[shift + c], from + c * block.inner(), block.inner());
        }
      }

      flush(block, group == groups - 1, group, work, sums);
    }
  }

  /** Computes y = x factor + summand. */
  static void scale(
      AxisBlock block, int rows, float[] x, float[] work, int factor, int summand, float[] y) {
    int inner = block.inner();
    for (int from = 0; from < rows * block.outer() * block.length() * inner; ) {
      if (inner == 1) {
        for (int c = 0; c < block.length(); c++) {
          y[from + c] = x[from + c] * work[factor + c] + work[summand + c];
        }

        from += block.length();
      } else {
        for (int c = 0; c < block.length(); c++) {
          for (int i = from; i < from + inner; i++) {
            y[i] = x[i] * work[factor + c] + work[summand + c];
          }

          from += inner;
        }
      }
    }
  }

  /** Computes y += (x - shift) factor. */
  static void addScaled(
      AxisBlock block, int rows, float[] x, float[] work, int shift, int factor, float[] y) {
    int inner = block.inner();
    for (int from = 0; from < rows * block.outer() * block.length() * inner; ) {
      if (inner == 1) {
        for (int c = 0; c < block.length(); c++) {
          y[from + c] += (x[from + c] - work[shift + c]) * work[factor + c];
        }

        from += block.length();
      } else {
        for (int c = 0; c < block.length(); c++) {
          for (int i = from; i < from + inner; i++) {
            y[i] += (x[i] - work[shift + c]) * work[factor + c];
          }

          from += inner;
        }
      }
    }
  }

  private static void clear(AxisBlock block, float[] work, int sums) {
    Arrays.fill(work, 0, block.length(), 0.0f);
    Arrays.fill(work, sums, sums + block.length(), 0.0f);
  }

  private static void flush(AxisBlock block, boolean last, int group, float[] work, int sums) {
    if (group % GROUP != GROUP - 1 && !last) {
      return;
    }

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
