package io.firesteel.spark.internal.rows;

import org.jspecify.annotations.Nullable;

/**
 * What a vector of {@code spark.ml} or {@code spark.mllib} holds.
 *
 * @param size the number of values, zeros included
 * @param indices the index of each value, or null where all are there
 * @param values the values that are there
 */
@SuppressWarnings("ArrayRecordComponent")
record VectorValues(int size, int @Nullable [] indices, double[] values) {

  static VectorValues of(Object vector) {
    if (vector instanceof org.apache.spark.ml.linalg.SparseVector sparse) {
      return new VectorValues(sparse.size(), sparse.indices(), sparse.values());
    }

    if (vector instanceof org.apache.spark.mllib.linalg.SparseVector sparse) {
      return new VectorValues(sparse.size(), sparse.indices(), sparse.values());
    }

    double[] values =
        vector instanceof org.apache.spark.ml.linalg.Vector dense
            ? dense.toArray()
            : ((org.apache.spark.mllib.linalg.Vector) vector).toArray();
    return new VectorValues(values.length, null, values);
  }

  /** Tells whether it leaves zeros out. */
  boolean isSparse() {
    return indices != null;
  }

  /** Returns the index of the value at a place. */
  int index(int place) {
    return indices == null ? place : indices[place];
  }

  /** Returns the first place whose index is out of range or not above the one before; else -1. */
  int wrongPlace() {
    int last = -1;
    for (int place = 0; indices != null && place < indices.length; place++) {
      if (indices[place] <= last || indices[place] >= size) {
        return place;
      }

      last = indices[place];
    }

    return -1;
  }
}
