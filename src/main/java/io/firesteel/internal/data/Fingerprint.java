package io.firesteel.internal.data;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.training.TrainingData;

/**
 * Adds up the fingerprint of some data: the number of rows, and the sum of {@link RowHash}es modulo
 * 2^64, which does not depend on their order.
 */
public final class Fingerprint {

  private long rows;
  private long hash;

  /** Adds a row. */
  public void add(float[] row) {
    rows++;
    hash += RowHash.of(row);
  }

  /** Adds what another fingerprint has added up. */
  public void add(long otherRows, long otherHash) {
    rows += otherRows;
    hash += otherHash;
  }

  /** Returns the number of rows. */
  public long rows() {
    return rows;
  }

  /** Returns the sum of hashes. */
  public long hash() {
    return hash;
  }

  /** Returns the form that goes into a checkpoint, with the keys of {@link TrainingData}. */
  public Config toConfig(Shape featureShape, RowLayout layout) {
    Config form =
        Config.builder()
            .put("rows", rows)
            .put("feature_shape", featureShape.toList())
            .put("label_width", layout.labelWidth())
            .put("weighted", layout.weighted())
            .put("content_hash", "%016x".formatted(hash))
            .build();
    return layout.weightWidth() > 1 ? form.with("weight_width", layout.weightWidth()) : form;
  }
}
