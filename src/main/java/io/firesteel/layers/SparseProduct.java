package io.firesteel.layers;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.tensor.RowSums;
import java.util.Arrays;

/**
 * Products of a {@link LayerCall#sparseInput} and what comes before it in each row with a kernel.
 * Entries are added one after the other in the order of their indices, and what is +0.0 is left
 * out, so that no bit depends on how rows or gradients are held.
 *
 * <p>The product of dense rows, by {@link io.firesteel.tensor.MatMul}, adds in another order.
 */
final class SparseProduct {

  private SparseProduct() {}

  /** Adds rows x kernel to {@code sums}, a row of {@code units} for each row. */
  static void add(LayerCall call, SparseRows sparse, float[] kernel, float[] sums, int units) {
    int before = kernel.length / units - sparse.width();
    float[] input = call.input();
    for (int row = 0; row < call.rows(); row++) {
      int to = row * units;
      for (int i = 0; i < before; i++) {
        float x = input[row * before + i];
        if (Float.floatToRawIntBits(x) != 0) {
          addMultiple(x, kernel, i * units, sums, to, units);
        }
      }

      int first = sparse.starts()[row];
      int end = sparse.starts()[row + 1];
      if (units == 1) {
        sums[to] = addDot(sums[to], sparse, first, end, kernel, before);
      } else {
        for (int k = first; k < end; k++) {
          int from = (before + sparse.indices()[k]) * units;
          addMultiple(sparse.values()[k], kernel, from, sums, to, units);
        }
      }
    }
  }

  private static float addDot(
      float start, SparseRows sparse, int first, int end, float[] kernel, int before) {
    int[] indices = sparse.indices();
    float[] values = sparse.values();
    float sum = start;
    for (int k = first; k < end; k++) {
      sum += values[k] * kernel[before + indices[k]];
    }

    return sum;
  }

  private static void addMultiple(
      float x, float[] vector, int from, float[] sums, int to, int units) {
    for (int i = 0; i < units; i++) {
      sums[to + i] += x * vector[from + i];
    }
  }

  /**
   * Fills in the gradient of the kernel, the weight 0: rows transposed x gradient of the output.
   *
   * @param inputs the number of values of a row, with all zeros
   */
  static void gradient(LayerCall call, SparseRows sparse, int inputs, int units) {
    RowSums rows = call.rowGradient(0);
    float[] whole = call.weightGradient(0);
    if (rows != null) {
      addTo(rows, call, sparse, inputs - sparse.width());
    } else if (whole != null) {
      Arrays.fill(whole, 0.0f);
      addTo(whole, call, sparse, inputs - sparse.width(), units);
    }
  }

  private static void addTo(
      float[] ofKernel, LayerCall call, SparseRows sparse, int before, int units) {
    float[] input = call.input();
    float[] gradient = call.outputGradient();
    for (int row = 0; row < call.rows(); row++) {
      int from = row * units;
      for (int i = 0; i < before; i++) {
        float x = input[row * before + i];
        if (Float.floatToRawIntBits(x) != 0) {
          addMultiple(x, gradient, from, ofKernel, i * units, units);
        }
      }

      for (int k = sparse.starts()[row]; k < sparse.starts()[row + 1]; k++) {
        int to = (before + sparse.indices()[k]) * units;
        addMultiple(sparse.values()[k], gradient, from, ofKernel, to, units);
      }
    }
  }

  private static void addTo(RowSums ofKernel, LayerCall call, SparseRows sparse, int before) {
    int units = ofKernel.rowSize();
    float[] input = call.input();
    float[] gradient = call.outputGradient();
    for (int row = 0; row < call.rows(); row++) {
      int from = row * units;
      for (int i = 0; i < before; i++) {
        float x = input[row * before + i];
        if (Float.floatToRawIntBits(x) != 0) {
          int to = ofKernel.row(i);
          addMultiple(x, gradient, from, ofKernel.values(), to, units);
        }
      }

      for (int k = sparse.starts()[row]; k < sparse.starts()[row + 1]; k++) {
        int to = ofKernel.row(before + sparse.indices()[k]);
        addMultiple(sparse.values()[k], gradient, from, ofKernel.values(), to, units);
      }
    }
  }
}
