package io.firesteel.layers;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.tensor.RowSums;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One pass of a {@link FeatureBlock}, column by column. The values of a row are added in the order
 * of the columns.
 */
final class FeaturePass {

  private final FeatureLayout layout;
  private final String layer;
  private final LayerCall call;
  private final int rows;
  private final int inputWidth;
  private final int outputWidth;
  private final float[] x;
  private final @Nullable SparseRows sparse;

  FeaturePass(FeatureLayout layout, String layer, LayerCall call) {
    this.layout = layout;
    this.layer = layer;
    this.call = call;
    this.rows = call.rows();
    this.sparse = layout.sparse() > 0 ? call.sparseInput() : null;
    this.inputWidth = layout.columns().width() - (sparse == null ? 0 : layout.sparse());
    this.outputWidth = layout.outputWidth();
    this.x = call.input();
  }

  void forward() {
    if (sparse != null && sparse.width() != layout.sparse()) {
      throw new IllegalArgumentException(
          "The layer '%s' takes a sparse vector of %d values behind its columns. Received: %d"
              .formatted(layer, layout.sparse(), sparse.width()));
    }

    numeric();
    int weight = layout.firstIdWeight();
    int to = layout.firstVector();
    for (int c = 0; c < layout.ids().size(); c++) {
      IdColumn column = layout.ids().get(c);
      checkIds(c, column);
      if (layout.linear()) {
        addWeights(c, call.weight(weight++));
      }

      if (column.outputDim() > 0) {
        lookUp(c, call.weight(weight++), to, column.outputDim());
        to += column.outputDim();
      }
    }

    if (layout.sparse() > 0) {
      addSparse(call.weight(weight));
    }

    if (layout.fm()) {
      FactorizationMachine.forward(layout, call);
    }
  }

  private void numeric() {
    float[] y = call.output();
    int n = layout.numeric();
    int to = layout.firstVector() - n;
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, row * inputWidth, y, row * outputWidth + to, n);
    }

    if (layout.linear()) {
      float bias = call.weight(0)[0];
      for (int row = 0; row < rows; row++) {
        float logit = bias;
        for (int i = 0; i < n; i++) {
          logit += x[row * inputWidth + i] * call.weight(1)[i];
        }

        y[row * outputWidth] = logit;
      }
    }
  }

  private int id(int row, int idColumn) {
    return (int) x[row * inputWidth + layout.numeric() + idColumn];
  }

  private void checkIds(int c, IdColumn column) {
    for (int row = 0; row < rows; row++) {
      float given = x[row * inputWidth + layout.numeric() + c];
      if (id(row, c) != given || given < 0 || given >= column.indices()) {
        throw new IllegalArgumentException(
            "The layer '%s' takes whole numbers from 0 to %d as indices of the ids '%s'. Received: %s in row %d of the batch"
                .formatted(layer, column.indices() - 1, column.column(), given, row));
      }
    }
  }

  private void addWeights(int c, float[] weights) {
    float[] y = call.output();
    for (int row = 0; row < rows; row++) {
      y[row * outputWidth] += weights[id(row, c)];
    }
  }

  private void lookUp(int c, float[] table, int to, int dim) {
    for (int row = 0; row < rows; row++) {
      int from = id(row, c) * dim;
      System.arraycopy(table, from, call.output(), row * outputWidth + to, dim);
    }
  }

  private void addSparse(float[] weights) {
    float[] y = call.output();
    for (int row = 0; row < rows; row++) {
      float logit = y[row * outputWidth];
      if (sparse == null) {
        int from = (row + 1) * inputWidth - layout.sparse();
        for (int i = 0; i < layout.sparse(); i++) {
          logit += x[from + i] * weights[i];
        }
      } else {
        for (int k = sparse.starts()[row]; k < sparse.starts()[row + 1]; k++) {
          logit += sparse.values()[k] * weights[sparse.indices()[k]];
        }
      }

      y[row * outputWidth] = logit;
    }
  }

  void backward() {
    float[] ofInput = call.inputGradient();
    if (ofInput != null) {
      ofInput(ofInput);
    }

    if (layout.fm()) {
      FactorizationMachine.backward(layout, call);
    }

    if (layout.linear()) {
      ofLinear();
    }

    int weight = layout.firstIdWeight();
    int from = layout.firstVector();
    for (int c = 0; c < layout.ids().size(); c++) {
      int dim = layout.ids().get(c).outputDim();
      if (layout.linear()) {
        sumRows(c, weight++, 0, 1);
      }

      if (dim > 0) {
        sumRows(c, weight++, from, dim);
        from += dim;
      }
    }

    if (layout.sparse() > 0) {
      ofSparse(weight);
    }
  }

  /** Ids have no gradient; that of other columns passes through, and through the linear part. */
  private void ofInput(float[] ofInput) {
    float[] g = call.outputGradient();
    int n = layout.numeric();
    int from = layout.firstVector() - n;
    Arrays.fill(ofInput, 0, rows * inputWidth, 0.0f);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(g, row * outputWidth + from, ofInput, row * inputWidth, n);
      if (layout.linear()) {
        for (int i = 0; i < n; i++) {
          ofInput[row * inputWidth + i] += g[row * outputWidth] * call.weight(1)[i];
        }
      }

      int first = row * inputWidth + n + layout.ids().size();
      for (int i = first; i < (row + 1) * inputWidth; i++) {
        ofInput[i] = g[row * outputWidth] * sparseWeights()[i - first];
      }
    }
  }

  private float[] sparseWeights() {
    long vectors = layout.ids().stream().filter(column -> column.outputDim() > 0).count();
    return call.weight(layout.firstIdWeight() + layout.ids().size() + (int) vectors);
  }

  private void ofLinear() {
    float[] g = call.outputGradient();
    float[] ofBias = call.weightGradient(0);
    float[] ofKernel = layout.numeric() > 0 ? call.weightGradient(1) : null;
    if (ofBias != null) {
      ofBias[0] = 0.0f;
      for (int row = 0; row < rows; row++) {
        ofBias[0] += g[row * outputWidth];
      }
    }

    if (ofKernel != null) {
      Arrays.fill(ofKernel, 0.0f);
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < ofKernel.length; i++) {
          ofKernel[i] += g[row * outputWidth] * x[row * inputWidth + i];
        }
      }
    }
  }

  private void sumRows(int c, int weight, int from, int dim) {
    RowSums sums = call.rowGradient(weight);
    float[] ofTable = call.weightGradient(weight);
    float[] g = call.outputGradient();
    if (sums != null) {
      int[] indices = sums.indices(rows);
      for (int row = 0; row < rows; row++) {
        indices[row] = id(row, c);
      }

      sums.sum(rows, g, from, outputWidth);
    } else if (ofTable != null) {
      Arrays.fill(ofTable, 0.0f);
      for (int row = 0; row < rows; row++) {
        int to = id(row, c) * dim;
        for (int k = 0; k < dim; k++) {
          ofTable[to + k] += g[row * outputWidth + from + k];
        }
      }
    }
  }

  private void ofSparse(int weight) {
    RowSums sums = call.rowGradient(weight);
    float[] whole = call.weightGradient(weight);
    if (whole != null) {
      Arrays.fill(whole, 0.0f);
    } else if (sums == null) {
      return;
    }

    for (int row = 0; row < rows; row++) {
      float g = call.outputGradient()[row * outputWidth];
      if (sparse == null) {
        int first = (row + 1) * inputWidth - layout.sparse();
        for (int i = 0; i < layout.sparse(); i++) {
          add(sums, whole, i, g * x[first + i]);
        }
      } else {
        for (int k = sparse.starts()[row]; k < sparse.starts()[row + 1]; k++) {
          add(sums, whole, sparse.indices()[k], g * sparse.values()[k]);
        }
      }
    }
  }

  private static void add(
      @Nullable RowSums sums, float @Nullable [] whole, int index, float value) {
    if (sums != null) {
      int at = sums.row(index);
      sums.values()[at] += value;
    } else if (whole != null) {
      whole[index] += value;
    }
  }
}
