package io.firesteel.training;

import io.firesteel.data.BatchPlan;
import io.firesteel.data.ShardBlock;
import io.firesteel.losses.Loss;
import io.firesteel.network.Network;
import org.jspecify.annotations.Nullable;

/** What must hold between data, plan and network before the first step, for every source. */
public final class DataChecks {

  private static final int ROWS_AT_ONCE = 1024;

  private DataChecks() {}

  /**
   * Checks that data can be computed with.
   *
   * @throws IllegalArgumentException if the plan is for another number of rows, or features or
   *     labels have another shape than the network takes
   */
  public static void check(TrainingData data, Network network, BatchPlan plan) {
    if (plan.rows() != data.rows()) {
      throw new IllegalArgumentException(
          "The plan is for %d rows; the data has %d".formatted(plan.rows(), data.rows()));
    }

    if (!network.inputShape().equals(data.featureShape())) {
      throw new IllegalArgumentException(
          "The model takes features of shape %s. Received data with features of shape %s"
              .formatted(network.inputShape(), data.featureShape()));
    }

    if (network.labelWidth() != data.labelWidth()) {
      throw new IllegalArgumentException(
          "The model's output of shape %s and its loss need %d labels a row. Received data with %d"
              .formatted(network.outputShape(), network.labelWidth(), data.labelWidth()));
    }
  }

  /** Returns what the network's loss has against the labels of a shard, null if nothing. */
  public static @Nullable String labelProblem(Network network, ShardBlock block) {
    Loss loss = network.loss();
    for (int first = 0; first < block.rows(); first += ROWS_AT_ONCE) {
      int end = Math.min(first + ROWS_AT_ONCE, block.rows());
      int samples = (end - first) * network.samplesPerRow();
      String problem = loss.checkLabels(block.labels(first, end), samples, network.outputWidth());
      if (problem != null) {
        return problem;
      }
    }

    return null;
  }
}
