package io.firesteel.internal.network;

import io.firesteel.internal.data.Batch;
import io.firesteel.losses.Loss;
import java.util.Map;
import java.util.TreeMap;

/**
 * Weights of rows by the class of their label, in training alone: Keras's {@code class_weight}. The
 * class is the label rounded to a whole number, or the place of the largest of several labels; one
 * without a weight has 1.
 *
 * <p>Source: Keras 3.15, keras/src/trainers/data_adapters/data_adapter_utils.py. Stricter than
 * Keras: see {@link #check}.
 */
final class ClassWeights {

  private final Map<Integer, Double> weights;
  private final int labelWidth;
  private float[] ofRows = new float[0];

  ClassWeights(Network network) {
    this.weights = network.classWeight();
    this.labelWidth = network.labelWidth();
  }

  /** Returns the batch with the weights of its rows. */
  Batch applyTo(Batch batch) {
    if (weights.isEmpty()) {
      return batch;
    }

    if (ofRows.length < batch.rows()) {
      ofRows = new float[batch.rows()];
    }

    for (int row = 0; row < batch.rows(); row++) {
      ofRows[row] = weights.getOrDefault(classOf(batch.labels(), row), 1.0).floatValue();
    }

    return batch.withWeights(ofRows);
  }

  private int classOf(float[] labels, int row) {
    if (labelWidth == 1) {
      return (int) Math.rint(labels[row]);
    }

    int start = row * labelWidth;
    int largest = 0;
    for (int j = 1; j < labelWidth; j++) {
      largest = labels[start + j] > labels[start + largest] ? j : largest;
    }

    return largest;
  }

  /**
   * Checks weights for a network.
   *
   * @throws IllegalArgumentException if one is negative, NaN or infinite, if one is of a class that
   *     is none, if all classes have the weight 0, or if a row has several samples
   */
  static void check(Map<Integer, Double> weights, Network network) {
    if (weights.isEmpty()) {
      return;
    }

    if (network.outputs().size() > 1) {
      throw new IllegalArgumentException(
          "fit: 'class_weight' needs a model of one output. Received a model with %d"
              .formatted(network.outputs().size()));
    }

    if (network.outputs().get(0).samplesPerRow() != 1 || network.outputs().get(0).order() != null) {
      throw new IllegalArgumentException(
          "fit: 'class_weight' needs one sample a row. Received an output of shape "
              + network.outputShape());
    }

    new TreeMap<>(weights).forEach((label, weight) -> check(label, weight, network));
    int classes = Math.max(2, network.outputs().get(0).width());
    if (weights.size() >= classes && weights.values().stream().allMatch(w -> w == 0.0)) {
      throw new IllegalArgumentException(
          "fit: 'class_weight' must not be 0 for all classes. Received: " + new TreeMap<>(weights));
    }
  }

  private static void check(int label, double weight, Network network) {
    if (!(weight >= 0.0) || Double.isInfinite((float) weight)) {
      throw new IllegalArgumentException(
          "fit: 'class_weight' must be finite and >= 0. Received: %s for the class %d"
              .formatted(weight, label));
    }

    if (!isClass(label, network)) {
      throw new IllegalArgumentException(
          "fit: 'class_weight' has the class %d, which no label of %s with an output of shape %s can be"
              .formatted(label, network.loss().name(), network.outputShape()));
    }
  }

  private static boolean isClass(int label, Network network) {
    Loss loss = network.loss();
    int width = network.outputs().get(0).width();
    return network.labelWidth() == 1
        ? loss.checkLabels(new float[] {label}, 1, width) == null
        : label >= 0 && label < width;
  }
}
