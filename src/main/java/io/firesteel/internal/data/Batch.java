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
 * @param weights rows x weight width, or null where all are 1
 * @param weightWidth the number of weights of a row: 1, or one for each of its samples
 */
public record Batch(
    int rows,
    float[] features,
    @Nullable SparseRows sparse,
    float[] labels,
    float @Nullable [] weights,
    int weightWidth) {

  /** Creates a batch of one weight a row. */
  public Batch(
      int rows,
      float[] features,
      @Nullable SparseRows sparse,
      float[] labels,
      float @Nullable [] weights) {
    this(rows, features, sparse, labels, weights, 1);
  }

  /** Creates a batch of one weight a row without sparse features. */
  public Batch(int rows, float[] features, float[] labels, float @Nullable [] weights) {
    this(rows, features, null, labels, weights, 1);
  }

  /** Returns the same rows with other weights, one a row. */
  public Batch withWeights(float @Nullable [] newWeights) {
    return new Batch(rows, features, sparse, labels, newWeights, 1);
  }
}
