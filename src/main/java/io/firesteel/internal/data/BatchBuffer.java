package io.firesteel.internal.data;

import org.jspecify.annotations.Nullable;

/**
 * Arrays that one thread reuses for the batches that it works on; they only grow. A batch in a
 * buffer is overwritten by the next one.
 */
public final class BatchBuffer {

  private float[] features = new float[0];
  private float[] labels = new float[0];
  private float[] weights = new float[0];
  private @Nullable SparseRows sparse;

  /**
   * Returns a batch of so many rows, whose values are still to be written, and whose sparse rows
   * are still to be added.
   *
   * @throws IllegalArgumentException if they don't fit into arrays
   */
  Batch batch(int rows, RowLayout layout) {
    int weightWidth = layout.weightWidth();
    int widest = Math.max(Math.max(layout.featureWidth(), layout.labelWidth()), weightWidth);
    if ((long) rows * widest > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%d rows of %d values are too many for one shard's part of a batch (at most 2^31 - 1 values); use a smaller batch_size or more shards"
              .formatted(rows, widest));
    }

    features = atLeast(features, rows * layout.featureWidth());
    labels = atLeast(labels, rows * layout.labelWidth());
    if (layout.weighted()) {
      weights = atLeast(weights, rows * weightWidth);
    }

    float[] given = layout.weighted() ? weights : null;
    return new Batch(rows, features, sparse(layout), labels, given, Math.max(1, weightWidth));
  }

  private @Nullable SparseRows sparse(RowLayout layout) {
    if (!layout.isSparse()) {
      return null;
    }

    SparseRows known = sparse;
    if (known == null || known.width() != layout.sparseWidth()) {
      known = new SparseRows(layout.sparseWidth());
      sparse = known;
    }

    known.clear();
    return known;
  }

  private static float[] atLeast(float[] array, int length) {
    return array.length >= length ? array : new float[length];
  }
}
