package io.firesteel.internal.network;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an executor needs to rebuild a network, as JSON text.
 *
 * @param modelName the model's name, the first part of the variables' paths
 * @param inputShape the shape of one row of features
 * @param layers the layers in Keras's serialized form, each with its name
 * @param loss the loss in Keras's serialized form, or null for a network that only predicts
 * @param metrics the metrics in Keras's serialized form
 * @param weightedMetrics those that sample weights count in, in the same form
 * @param classWeight the weights of rows by the class of their label, in training alone
 */
public record NetworkSpec(
    String modelName,
    List<Integer> inputShape,
    List<String> layers,
    @Nullable String loss,
    List<String> metrics,
    List<String> weightedMetrics,
    Map<Integer, Double> classWeight)
    implements Serializable {

  /** Returns this with weights of rows by the class of their label, in training alone. */
  public NetworkSpec withClassWeight(Map<Integer, Double> weights) {
    return new NetworkSpec(
        modelName, inputShape, layers, loss, metrics, weightedMetrics, Map.copyOf(weights));
  }
}
