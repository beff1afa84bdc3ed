package io.firesteel.internal.gradients;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.DataForm;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkOutput;
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
  public static void check(DataForm data, Network network, BatchPlan plan) {
    if (plan.rows() != data.rows()) {
      throw new IllegalArgumentException(
          "The plan is for %d rows; the data has %d".formatted(plan.rows(), data.rows()));
    }

    requireFits("data", data, network);
  }

  /**
   * Checks that rows have the shape of a network's inputs, and as many labels as its losses want.
   *
   * @param argument what to call the data in errors
   * @throws IllegalArgumentException if not
   */
  public static void requireFits(String argument, DataForm data, Network network) {
    requireFeatures(argument, data, network);
    int labels = network.labelWidth();
    if (labels != data.labelWidth()) {
      throw new IllegalArgumentException(
          "%s: %s %d label%s a row. Received: %d%s"
              .formatted(
                  argument,
                  network.outputs().size() > 1
                      ? "the losses of the outputs %s take".formatted(network.outputNames())
                      : "the loss %s with an output of shape %s takes"
                          .formatted(network.loss().name(), network.outputShape()),
                  labels,
                  labels == 1 ? "" : "s",
                  data.labelWidth(),
                  remedy(network, data.labelWidth())));
    }

    requireWeights(argument, data.weightWidth(), network);
  }

  private static void requireWeights(String argument, int width, Network network) {
    boolean ofEachOutput = width == network.objectives().samplesPerRow();
    for (NetworkOutput output : network.outputs()) {
      if (width > 1 && output.hasOtherWeightedSamples()) {
        throw new IllegalArgumentException(
            "%s: weights for each sample can't be used with weighted_metrics where the loss of the output '%s' has another axis than the last. Received: %d weights a row"
                .formatted(argument, output.name(), width));
      }

      if (width > 1 && output.loss() != null && output.samplesPerRow() != width && !ofEachOutput) {
        throw new IllegalArgumentException(
            "%s: weights are one a row, or one for each sample of a row, of which the output '%s' of shape %s has %d. Received: %d weights a row"
                .formatted(argument, output.name(), output.shape(), output.samplesPerRow(), width));
      }
    }
  }

  private static String remedy(Network network, int labelWidth) {
    NetworkOutput output = network.outputs().get(0);
    return network.outputs().size() > 1 ? "" : network.loss().remedy(labelWidth, output.width());
  }

  /** Checks the same of the features alone. */
  public static void requireFeatures(String argument, DataForm data, Network network) {
    requireSameForm(data, network);
    if (!network.inputShape().equals(data.featureShape())) {
      throw new IllegalArgumentException(
          "%s: the model %s takes features of shape %s. Received: %s"
              .formatted(argument, network.modelName(), network.inputShape(), data.featureShape()));
    }
  }

  /**
   * Checks that data is sparse if the network's input is, and only then.
   *
   * @throws IllegalArgumentException if not
   */
  public static void requireSameForm(DataForm data, Network network) {
    if (network.isSparse() && !data.isSparse()) {
      throw new IllegalArgumentException(
          "The input of the model %s is sparse. Received dense features; give sparse ones (LocalData.ofSparse), or begin the model with Input.of(...)"
              .formatted(network.modelName()));
    }

    if (data.isSparse() && !network.isSparse()) {
      throw new IllegalArgumentException(
          "The input of the model %s is dense. Received sparse features; begin the model with Input.sparse(%d), in Keras Input(shape, sparse=True)"
              .formatted(network.modelName(), data.featureShape().size()));
    }
  }

  /**
   * Returns the error of moments that are asked of sparse features: each mean of them but zero
   * would make all rows dense.
   */
  public static IllegalArgumentException noMoments(DataForm data) {
    return new IllegalArgumentException(
        "adapt: mean and variance of sparse features can't be used without making them dense. Received features of shape %s that end in sparse ones"
            .formatted(data.featureShape()));
  }

  /**
   * Checks that a training has something to weigh; an evaluation of nothing is 0, as in Keras.
   *
   * @param found whether a row has a weight that is not 0
   * @throws IllegalArgumentException if not
   */
  public static void requireWeight(boolean found) {
    if (!found) {
      throw new IllegalArgumentException(
          "The weights must not all be 0. Received data in which no row has another weight");
    }
  }

  /**
   * Checks that the network's losses take the labels of a shard.
   *
   * @throws IllegalArgumentException if not, naming the label and what is allowed
   */
  public static void requireLabels(Network network, ShardBlock block) {
    String problem = labelProblem(network, block);
    if (problem != null) {
      throw new IllegalArgumentException("The labels don't suit the loss: " + problem);
    }
  }

  /** Returns what the network's loss has against the labels of a shard, null if nothing. */
  public static @Nullable String labelProblem(Network network, ShardBlock block) {
    for (int first = 0; first < block.rows(); first += ROWS_AT_ONCE) {
      int end = Math.min(first + ROWS_AT_ONCE, block.rows());
      float[] labels = block.labels(first, end);
      for (NetworkOutput output : network.outputs()) {
        String problem = output.labelProblem(labels, end - first, network.labelWidth());
        if (problem != null) {
          return problem;
        }
      }
    }

    return null;
  }
}
