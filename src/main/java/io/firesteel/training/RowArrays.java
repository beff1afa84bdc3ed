package io.firesteel.training;

import io.firesteel.internal.data.RowLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Checks and rearranges rows that come as arrays. */
final class RowArrays {

  private RowArrays() {}

  /** Returns row-major values as rows of a width. */
  static float[][] cut(String name, float[] values, int width) {
    if (width < 1 || values.length % width != 0) {
      throw new IllegalArgumentException(
          "The %s have %d values, not a multiple of %d".formatted(name, values.length, width));
    }

    float[][] rows = new float[values.length / width][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(values, row * width, (row + 1) * width);
    }

    return rows;
  }

  static void requireRows(String name, int expected, int received) {
    if (received != expected) {
      throw new IllegalArgumentException(
          "There must be as many %s as rows of features. Received: %d of %d"
              .formatted(name, received, expected));
    }
  }

  static void requireValues(String name, int row, float[] values, int width) {
    if (values.length != width) {
      throw new IllegalArgumentException(
          "All rows must have as many %s as row 0, which has %d. Received: %d in row %d"
              .formatted(name, width, values.length, row));
    }

    for (int i = 0; i < width; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "The %s must be finite numbers. Received: %s in row %d, column %d"
                .formatted(name, values[i], row, i));
      }
    }
  }

  static float[] concat(float[] left, float[] right) {
    float[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }

  /** Returns rows with weights behind their labels, in the place of those that they have. */
  static List<float[]> withWeights(List<float[]> rows, RowLayout layout, float[][] weights) {
    int plain = layout.featureWidth() + layout.labelWidth();
    List<float[]> weighted = new ArrayList<>(rows.size());
    for (int row = 0; row < weights.length; row++) {
      requireValues("weights", row, weights[row], weights[0].length);
      for (float weight : weights[row]) {
        if (weight < 0) {
          throw new IllegalArgumentException(
              "The weights must not be negative. Received: %s in row %d".formatted(weight, row));
        }
      }

      float[] old = rows.get(row);
      float[] entries = Arrays.copyOfRange(old, layout.width(), old.length);
      weighted.add(concat(concat(Arrays.copyOf(old, plain), weights[row]), entries));
    }

    return weighted;
  }

  /**
   * Returns rows whose first values come from other places of them.
   *
   * @param width the number of those values; what is behind them is kept
   */
  static List<float[]> moved(List<float[]> rows, int width, int[] places) {
    List<float[]> all = new ArrayList<>(rows.size());
    for (float[] row : rows) {
      float[] moved = new float[places.length + row.length - width];
      for (int i = 0; i < places.length; i++) {
        moved[i] = row[places[i]];
      }

      System.arraycopy(row, width, moved, places.length, row.length - width);
      all.add(moved);
    }

    return all;
  }
}
