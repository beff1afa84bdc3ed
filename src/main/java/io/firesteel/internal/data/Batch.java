package io.firesteel.internal.data;

import org.jspecify.annotations.Nullable;

/**
 * Some rows of features and labels, row-major, the input of one gradient computation. The arrays
 * may be longer than that; only the first {@code rows} rows count.
 *
 * @param rows the number of rows
 * @param features rows x feature size; without the sparse features at their end
 * @param sparse the sparse features, or null if there are none
 * @param labels rows x label size; class indices are held as floats (exact up to 2^24)
 * @param weights one weight a row, or null where all are 1
 */
public record Batch(
    int rows,
    float[] features,
    @Nullable SparseRows sparse,
    float[] labels,
    float @Nullable [] weights) {

  /** Creates a batch without sparse features. */
  public Batch(int rows, float[] features, float[] labels, float @Nullable [] weights) {
    this(rows, features, null, labels, weights);
  }

  /** Returns the same rows with other weights. */
  public Batch withWeights(float @Nullable [] newWeights) {
    return new Batch(rows, features, sparse, labels, newWeights);
  }
}
