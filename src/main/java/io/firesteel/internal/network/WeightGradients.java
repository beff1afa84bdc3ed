package io.firesteel.internal.network;

import io.firesteel.layers.WeightSpec;
import io.firesteel.tensor.RowSums;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where one call of a layer puts the gradients of its weights: the sums of the step, or, if a later
 * call of the same layer has filled these, buffers of its own that are added then.
 */
final class WeightGradients {

  private final Node node;
  private final float[] @Nullable [] whole;
  private final @Nullable RowSums[] rows;
  private final float[] @Nullable [] totals;
  private final @Nullable RowSums[] rowTotals;

  WeightGradients(Node node) {
    int count = node.weights().size();
    this.node = node;
    this.whole = new float[count][];
    this.rows = new RowSums[count];
    this.totals = new float[count][];
    this.rowTotals = new RowSums[count];
  }

  /**
   * Takes the sums of a step.
   *
   * @param places the index of each variable's gradient among the sums
   */
  void begin(GradientSums sums, int[] places) {
    for (int i = 0; i < whole.length; i++) {
      WeightSpec weight = node.weights().get(i);
      if (!weight.trainable()) {
        continue;
      }

      int place = places[node.firstVariable() + i];
      rowTotals[i] = sums.rowSums(place);
      totals[i] = rowTotals[i] == null ? sums.gradients()[place] : null;
      if (node.addsToGradients()) {
        ownBuffer(i, weight);
      } else {
        rows[i] = rowTotals[i];
        whole[i] = totals[i];
      }

      RowSums own = rows[i];
      if (own != null) {
        own.clear();
      }
    }
  }

  private void ownBuffer(int i, WeightSpec weight) {
    RowSums sum = rowTotals[i];
    if (sum == null && whole[i] == null) {
      whole[i] = new float[weight.shape().size()];
    } else if (sum != null && rows[i] == null) {
      rows[i] = new RowSums(sum.rowSize());
    }
  }

  /** Puts sums of rows in order after a backward pass, and adds what is not in the sums yet. */
  void finish() {
    for (int i = 0; i < whole.length; i++) {
      RowSums own = rows[i];
      if (own != null) {
        own.finish();
      }

      if (node.addsToGradients()) {
        add(i);
      }
    }
  }

  private void add(int i) {
    float[] total = totals[i];
    float[] own = whole[i];
    for (int k = 0; total != null && own != null && k < total.length; k++) {
      total[k] += own[k];
    }

    RowSums rowTotal = rowTotals[i];
    RowSums ownRows = rows[i];
    if (rowTotal != null && ownRows != null) {
      rowTotal.add(ownRows);
    }
  }

  /** Lets go of what belongs to callers. */
  void end() {
    Arrays.fill(totals, null);
    Arrays.fill(rowTotals, null);
    if (!node.addsToGradients()) {
      Arrays.fill(whole, null);
      Arrays.fill(rows, null);
    }
  }

  float @Nullable [] whole(int weight) {
    return whole[weight];
  }

  @Nullable RowSums rows(int weight) {
    return rows[weight];
  }
}
