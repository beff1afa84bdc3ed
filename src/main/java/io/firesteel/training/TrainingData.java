package io.firesteel.training;

import io.firesteel.data.BatchPlan;
import io.firesteel.network.NetworkSpec;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;

/**
 * Rows to train on or to evaluate. The data knows how to compute gradients where it lies, so that
 * {@code fit} is the same call for arrays in memory and for a Spark data set.
 *
 * <p>Reading happens on the first call of {@link #rows}; it checks every value.
 */
public interface TrainingData {

  /** Returns the shape of one row of features. */
  Shape featureShape();

  /** Returns the number of labels of a row. */
  int labelWidth();

  /**
   * Returns the number of rows.
   *
   * @throws IllegalArgumentException if a value is missing, NaN or of another size than the others,
   *     naming column and row
   */
  long rows();

  /**
   * Returns what identifies the content whatever its order: {@code rows}, {@code feature_shape},
   * {@code label_width}, {@code weighted}, {@code content_hash}.
   */
  Config fingerprint();

  /**
   * Deals the rows into shards by a plan and returns the source of their gradients.
   *
   * @throws IllegalArgumentException if the loss refuses a label, naming value and what is allowed,
   *     or the plan's order can't be had
   */
  GradientSource open(NetworkSpec network, BatchPlan plan);
}
