package io.firesteel.internal.network;

import io.firesteel.layers.AttentionLayer;
import io.firesteel.layers.CallOptions;
import io.firesteel.layers.Layer;
import io.firesteel.layers.SequenceLayer;
import io.firesteel.layers.WeightSpec;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call of a layer that computes, at its place in the graph. */
final class Node {

  /** The weights of a layer, which all its calls share. */
  static final class Weights {
    final List<WeightSpec> specs;
    final String path;
    int firstVariable;
    int calls;

    Weights(List<WeightSpec> specs, String path) {
      this.specs = specs;
      this.path = path;
    }
  }

  private final Layer layer;
  private final List<Shape> inputs;
  private final int[] sources;
  private final Shape output;
  private final @Nullable Shape mask;
  private final List<Boolean> masked;
  private final boolean keepsMask;
  private final boolean losesMask;
  private final Weights weights;
  private final int call;
  private final int factor;
  private final CallOptions options;

  /**
   * Creates a node.
   *
   * @param inputMasks the shapes of the inputs' masks, null for those without
   * @param left the same of those masks that are left when the model runs
   * @param sources the indices of the nodes whose outputs it reads; -1 - i for the model's input i
   * @param weights the layer's weights, of which this is one more call
   * @param factor how many rows a row of the model is here
   */
  Node(
      Layer layer,
      List<Shape> inputs,
      List<@Nullable Shape> inputMasks,
      List<@Nullable Shape> left,
      int[] sources,
      Shape output,
      Weights weights,
      CallOptions options,
      int factor) {
    this.factor = factor;
    this.options = options;
    this.layer = layer;
    this.inputs = List.copyOf(inputs);
    this.sources = sources;
    this.output = output;
    this.mask = options.reverse() ? null : layer.computeMaskShape(inputs, inputMasks);
    List<@Nullable Shape> seen = layer instanceof AttentionLayer<?> ? left : inputMasks;
    List<Boolean> seenMasks = seen.stream().map(Objects::nonNull).toList();
    this.losesMask = !seenMasks.equals(inputMasks.stream().map(Objects::nonNull).toList());
    boolean hasStates = layer instanceof SequenceLayer<?> && inputs.size() > 1;
    this.masked = hasStates ? Collections.nCopies(inputs.size(), false) : seenMasks;
    this.keepsMask = mask != null && layer.computeMaskShape(inputs, left) != null;
    this.weights = weights;
    this.call = weights.calls++;
  }

  Layer layer() {
    return layer;
  }

  List<Shape> inputs() {
    return inputs;
  }

  int[] sources() {
    return sources;
  }

  Shape output() {
    return output;
  }

  /** Returns how many rows a row of the model is here: the steps of a model for each of them. */
  int factor() {
    return factor;
  }

  /** Returns the number of values of the output for a row of the model. */
  int outputSize() {
    return Math.multiplyExact(factor, output.size());
  }

  /** Tells whether the mask of the output is there when the model runs. */
  boolean keepsMask() {
    return keepsMask;
  }

  /** Tells whether an input carries a mask that the layer does not see. */
  boolean losesMask() {
    return losesMask;
  }

  /** Tells whether the layer sees a mask of an input. */
  boolean isMasked(int input) {
    return masked.get(input);
  }

  /** Returns the shape of one row of the output's mask, or null. */
  @Nullable Shape mask() {
    return mask;
  }

  /** Returns the arguments of the call that are no tensors. */
  CallOptions options() {
    return options;
  }

  String path() {
    return weights.path;
  }

  int firstVariable() {
    return weights.firstVariable;
  }

  /** Returns the index behind its last variable, 0 if it has none. */
  int endVariable() {
    return weights.specs.isEmpty() ? 0 : weights.firstVariable + weights.specs.size();
  }

  List<WeightSpec> weights() {
    return weights.specs;
  }

  /** Tells whether a later call of the same layer has filled the gradients of the weights. */
  boolean addsToGradients() {
    return call < weights.calls - 1;
  }

  boolean hasTrainableWeights() {
    return weights.specs.stream().anyMatch(WeightSpec::trainable);
  }

  /** Tells whether the call measures the statistic that a weight is. */
  boolean measures(int weight) {
    return weights.specs.get(weight).isStatistic();
  }

  @Override
  public String toString() {
    return "%s%s".formatted(weights.path, Arrays.toString(sources));
  }
}
