package io.firesteel.internal.network;

import io.firesteel.layers.CallOptions;
import io.firesteel.layers.Layer;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call of a layer that computes, at its place in a network; nested models are taken apart.
 *
 * @param layer the layer
 * @param path the layer's name, with those of the nested models around it before it
 * @param sources the calls whose outputs it reads, by their place; -1 - i for the model's input i
 * @param inputs the shape of a row of each input
 * @param mask the shape of a row of the output's mask, or null
 * @param options the arguments of the call that are no tensors
 * @param losesMask whether an input carries a mask that the layer does not see
 * @param firstVariable the place of the layer's first variable among the network's
 * @param weights the number of the layer's variables
 */
public record PlacedCall(
    Layer layer,
    String path,
    List<Integer> sources,
    List<Shape> inputs,
    @Nullable Shape mask,
    CallOptions options,
    boolean losesMask,
    int firstVariable,
    int weights) {

  static PlacedCall of(Node node) {
    return new PlacedCall(
        node.layer(),
        node.path().substring(node.path().indexOf('/') + 1),
        Arrays.stream(node.sources()).boxed().toList(),
        node.inputs(),
        node.mask(),
        node.options(),
        node.losesMask(),
        node.firstVariable(),
        node.weights().size());
  }
}
