package io.firesteel.internal.network;

import io.firesteel.layers.Layer;
import io.firesteel.layers.WeightSpec;
import io.firesteel.tensor.Shape;
import java.util.List;

/**
 * A layer that computes, at its place in the stack.
 *
 * @param source the index of the earlier stage whose output it reads too, or -1
 */
record Stage(
    Layer layer,
    Shape input,
    Shape output,
    int firstVariable,
    List<WeightSpec> weights,
    int source) {

  boolean hasTrainableWeights() {
    return weights.stream().anyMatch(WeightSpec::trainable);
  }
}
