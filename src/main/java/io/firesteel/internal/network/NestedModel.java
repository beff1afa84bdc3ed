package io.firesteel.internal.network;

import io.firesteel.layers.CallOptions;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Layer;
import io.firesteel.layers.LayerCall;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model as a layer of another one. It computes nothing itself: a network has the calls of its
 * layers in place of a call of it.
 */
public final class NestedModel extends Layer {

  /** Models within models that are called several times double their calls with each level. */
  private static final int MOST_CALLS = 100_000;

  private final LayerGraph graph;
  private final @Nullable List<Variable> variables;
  private final int calls;

  private NestedModel(LayerGraph graph, boolean trainable, @Nullable List<Variable> variables) {
    super(graph.name(), trainable);
    this.graph = graph;
    this.variables = variables;
    this.calls = calls(graph);
  }

  private static int calls(LayerGraph graph) {
    long calls = 0;
    for (LayerGraph.Call call : graph.calls()) {
      calls += graph.layers().get(call.layer()) instanceof NestedModel nested ? nested.calls : 1;
    }

    if (calls > MOST_CALLS) {
      throw new IllegalArgumentException(
          "The model %s is made of %d calls of layers, those of the models within it counted. Allowed: %d"
              .formatted(graph.name(), calls, MOST_CALLS));
    }

    return (int) calls;
  }

  /**
   * Returns a model as a layer.
   *
   * @param variables the variables that the model has, which the other model is to share, or null
   *     if it has none yet
   */
  public static NestedModel of(
      LayerGraph graph, boolean trainable, @Nullable List<Variable> variables) {
    return new NestedModel(graph, trainable, variables);
  }

  /** Returns the model's layers and calls. */
  public LayerGraph graph() {
    return graph;
  }

  /** Returns the variables that the model brings along, or null if they are to be made. */
  public @Nullable List<Variable> variables() {
    return variables;
  }

  /**
   * Returns the outputs of a call of the model.
   *
   * @throws IllegalArgumentException if the model does not take such inputs
   */
  public List<KerasTensor> callModel(List<KerasTensor> inputs, CallOptions options) {
    requireShapes(inputs.stream().map(KerasTensor::shape).toList());
    return KerasTensor.node(this, inputs, options, GraphShapes.outputs(graph)).outputs();
  }

  private void requireShapes(List<Shape> given) {
    List<Shape> expected = graph.inputLayers().stream().map(input -> input.shape()).toList();
    if (!expected.equals(given)) {
      throw new IllegalArgumentException(
          "The model %s takes inputs of the shapes %s. Received: %s"
              .formatted(graph.name(), expected, given));
    }
  }

  @Override
  public NestedModel withName(String newName) {
    return new NestedModel(graph.withName(newName), trainable(), variables);
  }

  @Override
  public NestedModel withTrainable(boolean value) {
    LayerGraph changed = graph.withLayers(layer -> layer.withTrainable(value));
    return new NestedModel(changed, value, variables);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return computeOutputShape(List.of(input));
  }

  @Override
  public Shape computeOutputShape(List<Shape> inputs) {
    requireShapes(inputs);
    List<Shape> outputs = GraphShapes.outputs(graph);
    if (outputs.size() != 1) {
      throw new IllegalArgumentException(
          "The model %s has %d outputs; this needs one".formatted(graph.name(), outputs.size()));
    }

    return outputs.get(0);
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    throw new UnsupportedOperationException("A network calls the layers of a nested model");
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    throw new UnsupportedOperationException("A network calls the layers of a nested model");
  }

  @Override
  public Config getConfig() {
    return GraphConfig.serialize(graph, trainable()).reader("model").config("config");
  }
}
