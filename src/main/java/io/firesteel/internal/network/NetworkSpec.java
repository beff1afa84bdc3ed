package io.firesteel.internal.network;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an executor needs to rebuild a network, as JSON text.
 *
 * @param model the model in Keras's serialized form
 * @param outputs what is measured of each output
 * @param classWeight the weights of rows by the class of their label, in training alone
 */
public record NetworkSpec(String model, List<Output> outputs, Map<Integer, Double> classWeight)
    implements Serializable {

  /**
   * What is measured of an output.
   *
   * @param loss the loss in Keras's serialized form, or null for an output without part in training
   * @param lossWeight what the loss is multiplied by where several are added
   * @param metrics the metrics in Keras's serialized form
   * @param weightedMetrics those that sample weights count in, in the same form
   */
  public record Output(
      @Nullable String loss, double lossWeight, List<String> metrics, List<String> weightedMetrics)
      implements Serializable {}

  /** Returns this with weights of rows by the class of their label, in training alone. */
  public NetworkSpec withClassWeight(Map<Integer, Double> weights) {
    return new NetworkSpec(model, outputs, Map.copyOf(weights));
  }
}
