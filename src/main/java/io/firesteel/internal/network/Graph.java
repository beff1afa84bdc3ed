package io.firesteel.internal.network;

import io.firesteel.internal.network.LayerGraph.Call;
import io.firesteel.internal.network.LayerGraph.Source;
import io.firesteel.layers.CallOptions;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.layers.MultiHeadAttention;
import io.firesteel.layers.SparseInputLayer;
import io.firesteel.layers.TimeDistributed;
import io.firesteel.layers.WeightSpec;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model's calls of layers that compute, each after those that it reads, with shapes and with the
 * variables in order; nested models are taken apart. Whatever a graph must obey is checked here.
 */
final class Graph {

  private final List<InputLayer> inputs;
  private final List<Node> nodes = new ArrayList<>();

  /**
   * The nodes that lost their masks to a MultiHeadAttention, which takes them off its inputs when
   * it runs (Keras 3.15, keras/src/layers/attention/multi_head_attention.py): later layers of
   * attention and the loss do not see them. Layers with an argument {@code mask} do, as Keras finds
   * that when the model is made.
   */
  private final Set<Integer> maskless = new HashSet<>();

  private final List<NetworkVariable> variables = new ArrayList<>();
  private final Map<String, Node.Weights> weights = new HashMap<>();
  private final List<Integer> outputs;

  private Graph(LayerGraph model) {
    this.inputs = model.inputLayers();
    List<Integer> places = new ArrayList<>();
    inputs.forEach(input -> places.add(-1 - places.size()));
    this.outputs = place(model, places, model.name());
    number(model, model.name(), null);
  }

  /** Puts calls onto each other; throws an IllegalArgumentException if they do not fit. */
  static Graph of(LayerGraph model) {
    Graph graph = new Graph(model);
    boolean passesThrough = graph.outputs.stream().anyMatch(output -> output < 0);
    if (passesThrough || graph.shapes().stream().anyMatch(shape -> shape.size() == 0)) {
      throw new IllegalArgumentException(
          "The network %s needs a layer that computes, and rows of at least one value. Received: %d layers, rows of shape %s in and %s out"
              .formatted(
                  model.name(),
                  model.layers().size(),
                  text(graph.inputs.stream().map(InputLayer::shape).toList()),
                  text(graph.outputShapes())));
    }

    return graph;
  }

  private static String text(List<Shape> shapes) {
    return shapes.size() == 1 ? shapes.get(0).toString() : shapes.toString();
  }

  private List<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>(outputShapes());
    inputs.forEach(input -> shapes.add(input.shape()));
    return shapes;
  }

  List<InputLayer> inputs() {
    return inputs;
  }

  List<Node> nodes() {
    return nodes;
  }

  List<NetworkVariable> variables() {
    return variables;
  }

  /** Returns the nodes whose outputs are the model's. */
  List<Node> outputs() {
    return outputs.stream().map(nodes::get).toList();
  }

  List<Integer> outputIndices() {
    return outputs;
  }

  List<Shape> outputShapes() {
    return outputs.stream().map(this::shapeOf).toList();
  }

  Shape shapeOf(int place) {
    return place < 0 ? inputs.get(-1 - place).shape() : nodes.get(place).output();
  }

  @Nullable Shape maskOf(int place) {
    return place < 0 ? null : nodes.get(place).mask();
  }

  /** Places the calls of a model on what it reads, and returns the places of its outputs. */
  private List<Integer> place(LayerGraph model, List<Integer> read, String path) {
    List<List<Integer>> placed = new ArrayList<>();
    for (int c = 0; c < model.calls().size(); c++) {
      Call call = model.calls().get(c);
      Layer layer = model.layers().get(call.layer());
      int input = model.inputs().indexOf(c);
      if (input >= 0) {
        placed.add(List.of(read.get(input)));
        continue;
      }

      List<Integer> sources =
          call.inputs().stream().map(s -> placed.get(s.call()).get(s.output())).toList();
      String own = path + "/" + layer.name();
      placed.add(place(model, layer, sources, own, call.options()));
    }

    List<Integer> ends = new ArrayList<>();
    for (Source source : model.outputs()) {
      ends.add(placed.get(source.call()).get(source.output()));
    }

    return ends;
  }

  private List<Integer> place(
      LayerGraph model, Layer layer, List<Integer> sources, String path, CallOptions options) {
    if (layer instanceof NestedModel nested) {
      return place(nested, sources, path);
    }

    if (layer instanceof TimeDistributed steps
        && StepByStep.keepsStatistics(steps.weights(shapeOf(sources.get(0))))) {
      return List.of(StepByStep.place(this, sources.get(0), steps, path, options));
    }

    return add(model, layer, sources, path, options);
  }

  private List<Integer> place(NestedModel nested, List<Integer> sources, String path) {
    return nested.isOfSteps()
        ? List.of(placeSteps(nested, sources.get(0), path))
        : place(nested.graph(sources.stream().map(this::shapeOf).toList()), sources, path);
  }

  /** Places the calls of a model on the steps of what it reads, each of which is a row there. */
  private int placeSteps(NestedModel nested, int source, String path) {
    Shape input = shapeOf(source);
    Shape mask = maskOf(source);
    if (mask != null && mask.rank() > 1) {
      throw new IllegalArgumentException(
          "The layer '%s' takes a mask of its steps only. Received one of the shape %s"
              .formatted(nested.name(), mask));
    }

    if (StepByStep.keepsStatistics(nested.graph(List.of(nested.step(input))))) {
      return StepByStep.place(
          this,
          source,
          path,
          step -> place(nested.graph(List.of(shapeOf(step))), List.of(step), path).get(0));
    }

    int factor = factorOf(source);
    Layer apart = new RowsOfSteps(nested.name() + "/steps", nested.step(input));
    int rows = Math.multiplyExact(factor, input.dim(0));
    int begin = add(apart, List.of(source), path + "/steps", CallOptions.NONE, rows);
    int end = place(nested.graph(List.of(shapeOf(begin))), List.of(begin), path).get(0);
    Layer again = new RowsOfSteps(nested.name() + "/rows", nested.outputs(List.of(input)).get(0));
    List<Integer> read = mask == null ? List.of(end) : List.of(end, source);
    return add(again, read, path + "/rows", CallOptions.NONE, factor);
  }

  private int factorOf(int place) {
    return place < 0 ? 1 : nodes.get(place).factor();
  }

  /** Adds a call of a layer, and returns the places of its outputs. */
  private List<Integer> add(
      LayerGraph model, Layer layer, List<Integer> sources, String path, CallOptions options) {
    int node = add(layer, sources, path, options);
    List<Shape> outputs = options.outputShapes(layer, nodes.get(node).inputs());
    if (outputs.size() == 1) {
      return List.of(node);
    }

    if (model.sequential()) {
      throw new IllegalArgumentException(
          "The layer '%s' has %d outputs, but a Sequential model takes layers of one"
              .formatted(layer.name(), outputs.size()));
    }

    List<Integer> parts = new ArrayList<>();
    int first = 0;
    for (Shape output : outputs) {
      boolean masked = !options.returnAttentionScores() || parts.isEmpty();
      Layer part = new OutputPart(layer.name() + "/output" + parts.size(), first, output, masked);
      parts.add(add(part, List.of(node), path + "/output" + parts.size(), CallOptions.NONE));
      first += output.size();
    }

    return parts;
  }

  int add(Layer layer, List<Integer> sources, String path, CallOptions options) {
    return add(layer, sources, path, options, factorOf(sources.get(0)));
  }

  private int add(
      Layer layer, List<Integer> sources, String path, CallOptions options, int factor) {
    if (layer instanceof InputLayer) {
      throw new IllegalArgumentException(
          "An input layer can only be the first layer. Received '%s' as layer %d"
              .formatted(layer.name(), nodes.size()));
    }

    List<Shape> shapes = sources.stream().map(this::shapeOf).toList();
    List<@Nullable Shape> masks = new ArrayList<>();
    List<@Nullable Shape> left = new ArrayList<>();
    for (int source : sources) {
      masks.add(maskOf(source));
      boolean isLeft = source >= 0 && !maskless.contains(source) && nodes.get(source).keepsMask();
      left.add(isLeft ? maskOf(source) : null);
    }

    if (options.isOperation() && masks.stream().anyMatch(Objects::nonNull)) {
      throw new IllegalArgumentException(
          "The operation '%s' has an input with a mask, which Keras loses there and a layer does not; a layer in its place is read"
              .formatted(layer.name()));
    }

    Shape output = outputOf(layer, shapes, options);
    List<WeightSpec> specs = weightsOf(layer, shapes, isSparse(layer, sources, shapes));
    Node.Weights known = weights.computeIfAbsent(path, p -> new Node.Weights(specs, p));
    requireSameWeights(layer, known.specs, specs);
    int[] places = sources.stream().mapToInt(Integer::intValue).toArray();
    nodes.add(new Node(layer, shapes, masks, left, places, output, known, options, factor));
    if (layer instanceof MultiHeadAttention) {
      maskless.addAll(sources);
    }

    return nodes.size() - 1;
  }

  private boolean isSparse(Layer layer, List<Integer> sources, List<Shape> shapes) {
    boolean sparse = sources.stream().anyMatch(s -> s < 0 && inputs.get(-1 - s).isSparse());
    if (sparse && (!(layer instanceof SparseInputLayer) || sources.size() > 1)) {
      throw new IllegalArgumentException(
          "The layer '%s' does not take a sparse input; Dense does. Received a model that begins with Input(shape=%s, sparse=True)"
              .formatted(layer.name(), shapes.get(0)));
    }

    return sparse;
  }

  private static void requireSameWeights(
      Layer layer, List<WeightSpec> first, List<WeightSpec> now) {
    List<Shape> expected = first.stream().map(WeightSpec::shape).toList();
    List<Shape> given = now.stream().map(WeightSpec::shape).toList();
    boolean sameForm =
        first.stream()
            .map(WeightSpec::rowSparse)
            .toList()
            .equals(now.stream().map(WeightSpec::rowSparse).toList());
    if (!expected.equals(given) || !sameForm) {
      throw new IllegalArgumentException(
          "The layer '%s' is called several times, with weights of the shapes %s at first. An input of another form needs %s"
              .formatted(layer.name(), expected, given));
    }
  }

  /**
   * Gives the variables their order: by layer, not by call.
   *
   * @param shared the variables that a nested model brings along, in order, or null
   */
  private void number(LayerGraph model, String path, @Nullable Iterator<Variable> shared) {
    for (Layer layer : model.layers()) {
      String own = path + "/" + layer.name();
      Node.Weights known = weights.get(own);
      if (layer instanceof NestedModel nested) {
        List<Variable> brought = nested.variables();
        number(
            nested.graph(), own, shared != null || brought == null ? shared : brought.iterator());
      } else if (known != null) {
        known.firstVariable = variables.size();
        for (WeightSpec weight : known.specs) {
          Variable values = shared == null ? null : shared.next();
          variables.add(new NetworkVariable(own + "/" + weight.name(), weight, values));
        }
      }
    }
  }

  private static Shape outputOf(Layer layer, List<Shape> inputs, CallOptions options) {
    Shape declared = layer.inputShape();
    if (declared != null && !declared.equals(inputs.get(0))) {
      throw new IllegalArgumentException(
          "The layer '%s' was declared for rows of shape %s. Received: %s"
              .formatted(layer.name(), declared, inputs.get(0)));
    }

    try {
      return options.outputShape(layer, inputs);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "The layer '%s' does not take rows of shape %s: %s"
              .formatted(layer.name(), text(inputs), e.getMessage()),
          e);
    }
  }

  private static List<WeightSpec> weightsOf(Layer layer, List<Shape> inputs, boolean onSparse) {
    try {
      return List.copyOf(
          onSparse && layer instanceof SparseInputLayer sparse
              ? sparse.sparseWeights(inputs.get(0))
              : layer.weights(inputs));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "The weights of the layer '%s': %s".formatted(layer.name(), e.getMessage()), e);
    }
  }
}
