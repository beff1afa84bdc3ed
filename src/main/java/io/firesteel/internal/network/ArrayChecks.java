package io.firesteel.internal.network;

import io.firesteel.internal.data.Batch;
import io.firesteel.internal.data.SparseRows;
import org.jspecify.annotations.Nullable;

/** Refuses arrays that are too short for the rows they should hold. */
final class ArrayChecks {

  private ArrayChecks() {}

  static void requireLength(String name, float[] values, int rows, int width) {
    if (rows < 0 || (long) rows * width > values.length) {
      throw new IllegalArgumentException(
          "%d rows of %s need %d values each. Received %d values"
              .formatted(rows, name, width, values.length));
    }
  }

  /** Refuses a batch whose arrays don't fit a network. */
  static void requireBatch(Network network, Batch batch) {
    int rows = batch.rows();
    requireFeatures(network, batch.features(), batch.sparse(), rows);
    requireLength("labels", batch.labels(), rows, network.labelWidth());
    float[] weights = batch.weights();
    if (weights != null) {
      requireLength("weights", weights, rows, batch.weightWidth());
    }
  }

  /** Refuses features that are not so many rows of a network's input. */
  static void requireFeatures(
      Network network, float[] features, @Nullable SparseRows sparse, int rows) {
    int size = network.inputShape().size();
    boolean isSparse = network.isSparse();
    if (isSparse == (sparse == null)) {
      throw new IllegalArgumentException(
          "The model %s takes %s features. Received %s ones"
              .formatted(
                  network.modelName(),
                  isSparse ? "sparse" : "dense",
                  isSparse ? "dense" : "sparse"));
    }

    if (sparse == null) {
      requireLength("features", features, rows, size);
    } else if (sparse.width() > size || sparse.rows() < rows || !fits(network, sparse)) {
      throw new IllegalArgumentException(
          "%d sparse rows need %d features at most. Received: %d rows of %d"
              .formatted(rows, size, sparse.rows(), sparse.width()));
    } else {
      requireLength("features", features, rows, size - sparse.width());
    }
  }

  /** Where there are several inputs, no dense columns belong to a sparse one. */
  private static boolean fits(Network network, SparseRows sparse) {
    return network.inputs().size() == 1 || sparse.width() == network.sparseWidth();
  }
}
