package io.firesteel.internal.network;

import io.firesteel.layers.Layer;
import io.firesteel.layers.WeightSpec;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Layers that fit each other: their shapes, and their variables in order. */
final class Stack {

  private final String modelName;
  private final List<Stage> stages = new ArrayList<>();
  private final List<NetworkVariable> variables = new ArrayList<>();
  private Shape output;
  private boolean sparse;

  private Stack(String modelName, Shape input) {
    this.modelName = modelName;
    this.output = input;
  }

  /** Puts layers onto each other; throws an IllegalArgumentException if they do not fit. */
  static Stack of(String modelName, Shape input, List<Layer> layers) {
    checkNames(layers);
    Stack stack = new Stack(modelName, input);
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i).isInput() && i > 0) {
        throw new IllegalArgumentException(
            "An input layer can only be the first layer. Received '%s' as layer %d"
                .formatted(layers.get(i).name(), i));
      }

      stack.add(layers.get(i));
    }

    if (stack.stages.isEmpty() || input.size() == 0 || stack.output.size() == 0) {
      throw new IllegalArgumentException(
          "The network %s needs a layer that computes, and rows of at least one value. Received: %d layers, rows of shape %s in and %s out"
              .formatted(modelName, layers.size(), input, stack.output));
    }

    return stack;
  }

  List<Stage> stages() {
    return stages;
  }

  List<NetworkVariable> variables() {
    return Collections.unmodifiableList(variables);
  }

  Shape output() {
    return output;
  }

  /** Tells whether the input is sparse. */
  boolean isSparse() {
    return sparse;
  }

  private void add(Layer layer) {
    Shape input = output;
    output = outputOf(layer, input);
    if (layer.isInput()) {
      sparse = layer.isSparse();
      return;
    }

    boolean onSparse = sparse && stages.isEmpty();
    if (onSparse && !layer.takesSparse()) {
      throw new IllegalArgumentException(
          "The layer '%s' does not take a sparse input; Dense and FeatureBlock do. Received a model that begins with Input(shape=%s, sparse=True)"
              .formatted(layer.name(), input));
    }

    List<WeightSpec> weights = weightsOf(layer, input, onSparse);
    int first = variables.size();
    for (WeightSpec weight : weights) {
      String path = modelName + "/" + layer.name() + "/" + weight.name();
      variables.add(new NetworkVariable(path, stages.size(), weight));
    }

    stages.add(new Stage(layer, input, output, first, weights, sourceOf(layer)));
  }

  private int sourceOf(Layer layer) {
    String from = layer.skipFrom();
    if (from == null) {
      return -1;
    }

    List<@Nullable String> names = new ArrayList<>();
    stages.forEach(stage -> names.add(stage.layer().name()));
    int source = names.indexOf(from);
    if (source < 0) {
      throw new IllegalArgumentException(
          "The layer '%s' reads the output of '%s', which is no earlier layer that computes. Those are: %s"
              .formatted(layer.name(), from, names));
    }

    layer.checkSkip(stages.get(source).output());
    return source;
  }

  private static Shape outputOf(Layer layer, Shape input) {
    Shape declared = layer.inputShape();
    if (declared != null && !declared.equals(input)) {
      throw new IllegalArgumentException(
          "The layer '%s' was declared for rows of shape %s. Received: %s"
              .formatted(layer.name(), declared, input));
    }

    try {
      return layer.computeOutputShape(input);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The layer '%s' does not take rows of shape %s: %s"
              .formatted(layer.name(), input, e.getMessage()),
          e);
    }
  }

  private static List<WeightSpec> weightsOf(Layer layer, Shape input, boolean onSparse) {
    try {
      return List.copyOf(onSparse ? layer.sparseWeights(input) : layer.weights(input));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The weights of the layer '%s': %s".formatted(layer.name(), e.getMessage()), e);
    }
  }

  private static void checkNames(List<Layer> layers) {
    Set<String> names = new HashSet<>();
    for (Layer layer : layers) {
      String name = layer.name();
      if (name == null || !names.add(name)) {
        throw new IllegalArgumentException(
            "The layers of a network need unique names. Received: "
                + layers.stream().map(Layer::name).toList());
      }
    }
  }
}
