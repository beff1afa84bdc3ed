package io.firesteel.internal.network;

import io.firesteel.layers.CallOptions;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Layer;
import io.firesteel.layers.LayerCall;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
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
  private final boolean isOfSteps;

  private NestedModel(
      String name,
      LayerGraph graph,
      boolean trainable,
      @Nullable List<Variable> variables,
      boolean isOfSteps) {
    super(name, trainable);
    this.graph = graph;
    this.variables = variables;
    this.isOfSteps = isOfSteps;
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
    return new NestedModel(graph.name(), graph, trainable, variables, false);
  }

  /**
   * Returns the layer that applies a model to each step of its input: Keras's {@code
   * TimeDistributed} of a model.
   *
   * @throws IllegalArgumentException if the model has several inputs or outputs
   */
  public NestedModel ofSteps(String name) {
    if (graph.inputs().size() != 1 || graph.outputs().size() != 1) {
      throw new IllegalArgumentException(
          "TimeDistributed: 'layer' must have one input and one output. Received: the model %s with %d and %d"
              .formatted(graph.name(), graph.inputs().size(), graph.outputs().size()));
    }

    return new NestedModel(name, graph, trainable(), variables, true);
  }

  /** Tells whether the model is applied to each step of its input. */
  public boolean isOfSteps() {
    return isOfSteps;
  }

  @Override
  public String className() {
    return isOfSteps ? "TimeDistributed" : graph.className();
  }

  /** Tells whether Keras counts the calls of the layer from 1 on, as it was called to be made. */
  boolean isCalledBefore() {
    return !isOfSteps && !graph.sequential();
  }

  /** Returns the shape of each step of the input of a model that is applied to these. */
  Shape step(Shape input) {
    if (input.rank() < 2) {
      throw new IllegalArgumentException(
          "TimeDistributed needs rows of at least two dimensions (steps, ...). Received the shape: "
              + input);
    }

    Shape step = StepByStep.step(input);
    requireShapes(List.of(step));
    return step;
  }

  /** Returns the shapes of the outputs of a call. */
  List<Shape> outputs(List<Shape> inputs) {
    if (!isOfSteps) {
      return GraphShapes.outputs(graph(inputs));
    }

    List<Shape> step = List.of(step(inputs.get(0)));
    List<Long> dims = new ArrayList<>(List.of((long) inputs.get(0).dim(0)));
    dims.addAll(GraphShapes.outputs(graph(step)).get(0).toList());
    return List.of(Shape.of(dims));
  }

  /** Returns the model's layers and calls. */
  public LayerGraph graph() {
    return graph;
  }

  /** Returns the same for inputs of these shapes, of which the model may leave extents open. */
  LayerGraph graph(List<Shape> inputs) {
    return OpenLengths.bound(graph, inputs);
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
    List<Shape> shapes = inputs.stream().map(KerasTensor::shape).toList();
    if (!isOfSteps) {
      requireShapes(shapes);
    }

    return KerasTensor.node(this, inputs, options, outputs(shapes)).outputs();
  }

  private void requireShapes(List<Shape> given) {
    List<InputLayer> inputs = graph.inputLayers();
    boolean fit = inputs.size() == given.size();
    for (int i = 0; i < inputs.size() && fit; i++) {
      fit = inputs.get(i).rows().takes(given.get(i));
    }

    if (!fit) {
      throw new IllegalArgumentException(
          "The model %s takes inputs of the shapes %s. Received: %s"
              .formatted(
                  graph.name(),
                  inputs.stream().map(input -> input.rows().toString()).toList(),
                  given));
    }
  }

  @Override
  public NestedModel withName(String newName) {
    return isOfSteps
        ? new NestedModel(newName, graph, trainable(), variables, true)
        : new NestedModel(newName, graph.withName(newName), trainable(), variables, false);
  }

  @Override
  public NestedModel withTrainable(boolean value) {
    LayerGraph changed = graph.withLayers(layer -> layer.withTrainable(value));
    return new NestedModel(String.valueOf(name()), changed, value, variables, isOfSteps);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return computeOutputShape(List.of(input));
  }

  @Override
  public Shape computeOutputShape(List<Shape> inputs) {
    if (!isOfSteps) {
      requireShapes(inputs);
    }

    List<Shape> outputs = outputs(inputs);
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
    Config model = GraphConfig.serialize(graph, trainable());
    return isOfSteps
        ? Config.builder()
            .put("name", name())
            .put("trainable", trainable())
            .put("dtype", GraphConfig.FLOAT32)
            .put("layer", model.with("compile_config", Config.empty()))
            .build()
        : model.reader("model").config("config");
  }
}
