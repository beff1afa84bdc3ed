package io.firesteel.internal.network;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.layers.InputLayer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one input of a network in a batch. A batch holds the values of all inputs of a row
 * one after the other, those of sparse inputs apart; a network of one input takes them as they are.
 */
final class InputRows {

  private static final float[] NOTHING = new float[0];

  private final boolean only;
  private final boolean isSparse;
  private final int width;
  private final int first;
  private final int widthOfAll;
  private float[] own = NOTHING;
  private float[] values = NOTHING;
  private @Nullable SparseRows ownSparse;
  private @Nullable SparseRows sparse;

  private InputRows(boolean only, boolean isSparse, int width, int first, int widthOfAll) {
    this.only = only;
    this.isSparse = isSparse;
    this.width = width;
    this.first = first;
    this.widthOfAll = widthOfAll;
  }

  static InputRows[] of(Network network) {
    List<InputLayer> layers = network.inputs();
    InputRows[] inputs = new InputRows[layers.size()];
    int[] totals = {network.denseWidth(), network.sparseWidth()};
    int[] next = new int[2];
    for (int i = 0; i < inputs.length; i++) {
      int kind = layers.get(i).isSparse() ? 1 : 0;
      int size = layers.get(i).shape().size();
      inputs[i] = new InputRows(inputs.length == 1, kind == 1, size, next[kind], totals[kind]);
      next[kind] += size;
    }

    return inputs;
  }

  void take(float[] features, @Nullable SparseRows allSparse, int rows) {
    if (only) {
      values = features;
      sparse = allSparse;
    } else if (!isSparse) {
      takeDense(features, rows);
    } else if (allSparse != null) {
      takeSparse(allSparse, rows);
    }
  }

  private void takeDense(float[] features, int rows) {
    if (width == widthOfAll) {
      values = features;
      return;
    }

    if (own.length < rows * width) {
      own = new float[rows * width];
    }

    for (int row = 0; row < rows; row++) {
      int from = row * widthOfAll + first;
      for (int i = 0; i < width; i++) {
        own[row * width + i] = features[from + i];
      }
    }

    values = own;
  }

  private void takeSparse(SparseRows all, int rows) {
    if (width == widthOfAll) {
      sparse = all;
      return;
    }

    SparseRows known = ownSparse == null ? new SparseRows(width) : ownSparse;
    ownSparse = known;
    known.clear();
    for (int row = 0; row < rows; row++) {
      int begin = lowerBound(all, row, first);
      int count = lowerBound(all, row, first + width) - begin;
      int to = known.addRow(count);
      System.arraycopy(all.values(), begin, known.values(), to, count);
      for (int k = 0; k < count; k++) {
        known.indices()[to + k] = all.indices()[begin + k] - first;
      }
    }

    sparse = known;
  }

  private static int lowerBound(SparseRows all, int row, int index) {
    int place = all.starts()[row];
    while (place < all.starts()[row + 1] && all.indices()[place] < index) {
      place++;
    }

    return place;
  }

  float[] values() {
    return values;
  }

  @Nullable SparseRows sparse() {
    return sparse;
  }

  void end() {
    values = NOTHING;
    sparse = null;
  }
}
