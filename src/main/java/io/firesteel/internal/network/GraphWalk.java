package io.firesteel.internal.network;

import io.firesteel.internal.network.LayerGraph.Call;
import io.firesteel.internal.network.LayerGraph.Source;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.KerasTensor.Node;
import io.firesteel.layers.Layer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The way from a model's outputs back to its inputs. Calls are put in the order in which it leaves
 * them, layers in that of their depth and then of the first visit.
 *
 * <p>Source: Keras 3.15, keras/src/ops/function.py, {@code map_graph}.
 */
final class GraphWalk {

  private final String name;
  private final List<KerasTensor> inputs;
  private final List<KerasTensor> outputs;
  private final List<Node> nodes = new ArrayList<>();
  private final IdentityHashMap<Node, Integer> places = new IdentityHashMap<>();
  private final IdentityHashMap<Layer, Integer> firstVisits = new IdentityHashMap<>();
  private final IdentityHashMap<Layer, Integer> depths = new IdentityHashMap<>();

  /** A call whose inputs are being visited. */
  private static final class Visit {

    private final Node node;
    private int next;

    private Visit(Node node) {
      this.node = node;
    }
  }

  GraphWalk(String name, List<KerasTensor> inputs, List<KerasTensor> outputs) {
    this.name = name;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  LayerGraph graph() {
    requireInputs();
    outputs.forEach(output -> visit(output.node()));
    visitUnread();
    measureDepths();
    List<Layer> layers = inOrder();
    IdentityHashMap<Layer, Integer> indices = new IdentityHashMap<>();
    layers.forEach(layer -> indices.put(layer, indices.size()));
    List<Call> calls = new ArrayList<>();
    for (Node node : nodes) {
      List<Source> sources = node.inputs().stream().map(this::source).toList();
      int layer = Objects.requireNonNull(indices.get(node.layer()));
      calls.add(new Call(layer, sources, node.options()));
    }

    return new LayerGraph(
        name,
        false,
        LayerNames.named(layers),
        calls,
        inputs.stream().map(this::place).toList(),
        outputs.stream().map(this::source).toList());
  }

  /** Inputs that no output depends on stand before the last layers, as in Keras. */
  private void visitUnread() {
    List<Node> unread =
        inputs.stream().map(KerasTensor::node).filter(node -> !places.containsKey(node)).toList();
    for (int i = 0; i < unread.size(); i++) {
      firstVisits.put(unread.get(i).layer(), i - unread.size());
      visit(unread.get(i));
    }
  }

  private void requireInputs() {
    if (inputs.isEmpty() || outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "The model %s needs at least one input and one output. Received: %d and %d"
              .formatted(name, inputs.size(), outputs.size()));
    }

    IdentityHashMap<Node, Integer> seen = new IdentityHashMap<>();
    for (KerasTensor input : inputs) {
      if (!(input.node().layer() instanceof InputLayer)) {
        throw new IllegalArgumentException(
            "The inputs of the model %s must be outputs of Input. Received: %s"
                .formatted(name, input));
      }

      if (seen.put(input.node(), 0) != null) {
        throw new IllegalArgumentException(
            "The inputs of the model %s must differ from one another. Received twice: %s"
                .formatted(name, input));
      }
    }
  }

  private int place(KerasTensor tensor) {
    return Objects.requireNonNull(places.get(tensor.node()));
  }

  private Source source(KerasTensor tensor) {
    return new Source(place(tensor), tensor.index());
  }

  /** Visits what a call reads, and then the call; a graph may be deeper than the stack. */
  private void visit(Node last) {
    Deque<Visit> path = new ArrayDeque<>();
    enter(last, path);
    while (!path.isEmpty()) {
      Visit visit = path.getLast();
      if (visit.next < visit.node.inputs().size()) {
        enter(visit.node.inputs().get(visit.next++).node(), path);
      } else {
        path.removeLast();
        places.put(visit.node, nodes.size());
        nodes.add(visit.node);
      }
    }
  }

  private void enter(Node node, Deque<Visit> path) {
    if (places.containsKey(node)) {
      return;
    }

    firstVisits.putIfAbsent(node.layer(), firstVisits.size());
    if (node.layer() instanceof InputLayer && inputs.stream().noneMatch(i -> i.node() == node)) {
      throw new IllegalArgumentException(
          "An output of the model %s depends on the input '%s', which is none of the model's inputs"
              .formatted(name, node.layer().name()));
    }

    path.addLast(new Visit(node));
  }

  private void measureDepths() {
    IdentityHashMap<Node, Integer> ofNodes = new IdentityHashMap<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      int depth = Math.max(ofNodes.getOrDefault(node, 0), depths.getOrDefault(node.layer(), 0));
      depths.put(node.layer(), depth);
      node.inputs().forEach(input -> ofNodes.merge(input.node(), depth + 1, Math::max));
    }
  }

  private List<Layer> inOrder() {
    Map<Integer, TreeMap<Integer, Layer>> byDepth = new HashMap<>();
    depths.forEach(
        (layer, depth) ->
            byDepth
                .computeIfAbsent(-depth, key -> new TreeMap<>())
                .put(firstVisits.get(layer), layer));
    List<Layer> ordered = new ArrayList<>();
    new TreeMap<>(byDepth).values().forEach(layers -> ordered.addAll(layers.values()));
    return ordered;
  }
}
