package io.firesteel.spark.internal.ui;

import java.util.Arrays;

/**
 * A curve with a bounded number of points, however many are added: when there are too many,
 * neighbours are merged into their means. What is not finite stays so only if all that is merged
 * with it is.
 */
final class Series {

  /** The most points that are kept. */
  static final int MOST = 600;

  private final double[] x = new double[MOST];
  private final double[] y = new double[MOST];
  private final double[] weight = new double[MOST];
  private int size;
  private int stride = 1;
  private int inLast;

  /** Adds a point, further on than the ones before, that counts as much as its weight says. */
  void add(double atX, double value, double itsWeight) {
    if (inLast == 0 || inLast == stride) {
      if (size == MOST) {
        halve();
      }

      inLast = 0;
      x[size] = atX;
      y[size] = value;
      weight[size] = itsWeight;
      size++;
    } else {
      merge(size - 1, atX, value, itsWeight);
    }

    inLast++;
  }

  /** The place of a merged point is that of its last one, so that a curve ends where it is. */
  private void merge(int into, double atX, double value, double itsWeight) {
    x[into] = atX;
    if (!Double.isFinite(y[into])) {
      y[into] = value;
      weight[into] = itsWeight;
    } else if (Double.isFinite(value)) {
      double sum = weight[into] + itsWeight;
      y[into] += (value - y[into]) * itsWeight / sum;
      weight[into] = sum;
    }
  }

  private void halve() {
    for (int i = 0; i < MOST / 2; i++) {
      x[i] = x[2 * i];
      y[i] = y[2 * i];
      weight[i] = weight[2 * i];
      merge(i, x[2 * i + 1], y[2 * i + 1], weight[2 * i + 1]);
    }

    size = MOST / 2;
    stride *= 2;
  }

  Points points() {
    return new Points(Arrays.copyOf(x, size), Arrays.copyOf(y, size));
  }

  /**
   * The points of a curve.
   *
   * @param x the steps
   * @param y the values
   */
  record Points(double[] x, double[] y) {

    static final Points NONE = new Points(new double[0], new double[0]);

    int size() {
      return x.length;
    }

    /** Returns the last value, NaN if there is none. */
    double last() {
      return y.length == 0 ? Double.NaN : y[y.length - 1];
    }
  }
}
