package io.firesteel.training;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.DataForm;
import io.firesteel.internal.data.FeatureMoments;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.monitoring.TrainingMonitor;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.saving.Config;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows to train on or to evaluate. The data knows how to compute gradients where it lies, so that
 * {@code fit} is the same call for arrays in memory and for a Spark data set.
 *
 * <p>Reading happens on the first call of {@link #rows}; it checks every value.
 */
public interface TrainingData extends DataForm {

  /**
   * Returns the data read as a network takes it: with a sparse end where it takes one. All other
   * methods are called on what this returns.
   */
  default TrainingData readFor(Network network) {
    return this;
  }

  /** Returns the number of values of each input by its name; empty for rows without names. */
  default Map<String, Integer> inputWidths() {
    return Map.of();
  }

  /** Returns the columns that the rows are made of; none for arrays. */
  default DataColumns columns() {
    return DataColumns.NONE;
  }

  /**
   * Returns the data with its columns as a model was trained on them: by name, in its order.
   *
   * @throws IllegalArgumentException if one of them is missing
   */
  default TrainingData withColumnsOf(DataColumns model) {
    return this;
  }

  /**
   * Returns what identifies the content whatever its order: {@code rows}, {@code feature_shape},
   * {@code label_width}, {@code weighted}, {@code content_hash}.
   */
  Config fingerprint();

  /**
   * Returns the moments of the values of a row of features.
   *
   * @throws IllegalArgumentException if they are sparse
   */
  FeatureMoments featureMoments();

  /**
   * Returns the plan of an evaluation of these rows.
   *
   * @param batchSize the rows of a batch, which counts for losses that are reduced batch by batch
   */
  default BatchPlan evaluation(Network network, int batchSize) {
    return BatchPlan.evaluation(rows(), batchSize);
  }

  /**
   * Deals the rows into shards by a plan and returns the source of their gradients.
   *
   * @param validation rows to validate on, which the source can evaluate too, or null
   * @param validationBatchSize the rows of a batch of those
   * @throws IllegalArgumentException if the loss refuses a label, naming value and what is allowed,
   *     or the plan's order can't be had
   */
  GradientSource open(
      NetworkSpec network,
      BatchPlan plan,
      @Nullable TrainingData validation,
      int validationBatchSize);

  /** Returns the source of these rows and of rows to validate on in batches of the same size. */
  default GradientSource open(
      NetworkSpec network, BatchPlan plan, @Nullable TrainingData validation) {
    return open(network, plan, validation, plan.batchSize());
  }

  /** Returns the source of the gradients of these rows alone. */
  default GradientSource open(NetworkSpec network, BatchPlan plan) {
    return open(network, plan, null);
  }

  /** Returns what shows a training on this data where the data is; closed when that ends. */
  default TrainingMonitor monitor() {
    return TrainingMonitor.NONE;
  }

  /**
   * Cuts off the last rows for validation, as Keras's {@code validation_split} does, but in the
   * global order of a plan with that seed and shuffle, so that the parts depend on the content
   * alone. Each part is data of its own, with its own rows and fingerprint.
   *
   * @param fraction the fraction of the rows that goes to validation, in (0, 1)
   * @throws IllegalArgumentException if a part would have no rows, or the order can't be had
   */
  Split split(double fraction, long seed, boolean shuffle);

  /**
   * Returns the first rows in the order in which they are given, or all if there are fewer. Rows of
   * a cluster without an order of their own are taken in one that depends on their content alone.
   *
   * @param count the number of rows, at least 1
   */
  TrainingData first(long count);

  /**
   * Data in two parts.
   *
   * @param training the first rows
   * @param validation the rest
   */
  record Split(TrainingData training, TrainingData validation) {

    /**
     * Returns the number of rows of the training part: floor(rows * (1 - fraction)), in double
     * precision (Keras 3.15, keras/src/trainers/data_adapters/array_slicing.py).
     *
     * @throws IllegalArgumentException if the fraction is not in (0, 1), or a part would be empty
     */
    public static long trainingRows(long rows, double fraction) {
      if (!(fraction > 0 && fraction < 1)) {
        throw new IllegalArgumentException(
            "validation_split must be a number between 0 and 1, both excluded. Received: "
                + fraction);
      }

      long first = (long) Math.floor(rows * (1.0 - fraction));
      if (first == 0 || first == rows) {
        throw new IllegalArgumentException(
            "validation_split=%s of %d rows leaves a part without rows (training %d, validation %d)"
                .formatted(fraction, rows, first, rows - first));
      }

      return first;
    }
  }
}
