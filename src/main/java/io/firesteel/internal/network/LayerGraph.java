package io.firesteel.internal.network;

import io.firesteel.internal.network.LayerGraph.Call;
import io.firesteel.internal.network.LayerGraph.Source;
import io.firesteel.layers.CallOptions;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Layer;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a model is made of: its layers, each once and under a name of its own, and the calls that
 * connect them, in an order in which each comes after those that it reads. A Sequential model is
 * the chain.
 *
 * @param name the model's name
 * @param sequential whether it is a Sequential model, in the eyes of Keras
 * @param layers the layers in Keras's order, which is that of the variables
 * @param calls the calls of the layers, those of the inputs too
 * @param inputs the calls that are the model's inputs, in order
 * @param outputs the model's outputs, in order
 * @param inputKeys the keys of the inputs if the model takes them as a dictionary; else empty
 * @param outputKeys the keys of the outputs if the model gives them as a dictionary; else empty
 */
public record LayerGraph(
    String name,
    boolean sequential,
    List<Layer> layers,
    List<Call> calls,
    List<Integer> inputs,
    List<Source> outputs,
    List<String> inputKeys,
    List<String> outputKeys) {

  /**
   * An output of a call.
   *
   * @param call the index of the call
   * @param output which of its outputs
   */
  public record Source(int call, int output) {}

  /**
   * A call of a layer.
   *
   * @param layer the index of the layer
   * @param inputs what it reads
   * @param options the arguments of the call that are no tensors
   */
  public record Call(int layer, List<Source> inputs, CallOptions options) {}

  /** Copies the lists. */
  public LayerGraph {
    layers = List.copyOf(layers);
    calls = List.copyOf(calls);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    inputKeys = List.copyOf(inputKeys);
    outputKeys = List.copyOf(outputKeys);
    requireNames(layers);
  }

  /** Creates the graph of a model whose inputs and outputs have no keys. */
  LayerGraph(
      String name,
      boolean sequential,
      List<Layer> layers,
      List<Call> calls,
      List<Integer> inputs,
      List<Source> outputs) {
    this(name, sequential, layers, calls, inputs, outputs, List.of(), List.of());
  }

  /**
   * Returns the graph of a functional model.
   *
   * @throws IllegalArgumentException if an output does not depend on the inputs alone, or names are
   *     not unique
   */
  public static LayerGraph of(String name, List<KerasTensor> inputs, List<KerasTensor> outputs) {
    return new GraphWalk(name, inputs, outputs).graph();
  }

  /**
   * Returns the graph of a stack of layers, each with a name, with an input below them unless the
   * first one is an input.
   */
  public static LayerGraph chain(String name, Shape inputShape, List<Layer> stack) {
    requireNames(stack);
    List<Layer> layers = new ArrayList<>(stack);
    if (!layers.isEmpty() && layers.get(0) instanceof InputLayer input) {
      requireShape(input, inputShape);
    }

    if (layers.isEmpty() || !(layers.get(0) instanceof InputLayer)) {
      layers.add(0, InputLayer.of(inputShape.dims()).withName(freeName(stack)));
    }

    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      List<Source> inputs = i == 0 ? List.of() : List.of(new Source(i - 1, 0));
      calls.add(new Call(i, inputs, CallOptions.NONE));
    }

    return new LayerGraph(
        name, true, layers, calls, List.of(0), List.of(new Source(layers.size() - 1, 0)));
  }

  private static void requireShape(InputLayer input, Shape given) {
    if (!input.shape().equals(given)) {
      throw new IllegalArgumentException(
          "The layer '%s' was declared for rows of shape %s. Received: %s"
              .formatted(input.name(), input.shape(), given));
    }
  }

  private static void requireNames(List<Layer> layers) {
    List<@Nullable String> names = names(layers);
    if (names.contains(null) || new HashSet<>(names).size() < names.size()) {
      throw new IllegalArgumentException(
          "The layers of a network need unique names. Received: " + names);
    }
  }

  private static String freeName(List<Layer> layers) {
    String name = "input_layer";
    while (names(layers).contains(name)) {
      name = "_" + name;
    }

    return name;
  }

  private static List<@Nullable String> names(List<Layer> layers) {
    List<@Nullable String> names = new ArrayList<>();
    layers.forEach(layer -> names.add(layer.name()));
    return names;
  }

  /** Returns the name of the model's class in Keras. */
  public String className() {
    return sequential ? "Sequential" : "Functional";
  }

  /** Returns the input layers, in the order of the model's inputs. */
  public List<InputLayer> inputLayers() {
    return inputs.stream().map(call -> (InputLayer) layers.get(calls.get(call).layer())).toList();
  }

  /** Returns the names of the inputs, in order: their keys, or those of the input layers. */
  public List<String> inputNames() {
    return inputKeys.isEmpty()
        ? inputLayers().stream().map(input -> String.valueOf(input.name())).toList()
        : inputKeys;
  }

  /**
   * Returns the names of the outputs, in order: their keys, or the layers whose outputs they are.
   */
  public List<String> outputNames() {
    if (!outputKeys.isEmpty()) {
      return outputKeys;
    }

    return outputs.stream()
        .map(source -> String.valueOf(layers.get(calls.get(source.call()).layer()).name()))
        .toList();
  }

  /** Returns the same graph with other layers in the places of these. */
  public LayerGraph withLayers(UnaryOperator<Layer> change) {
    return new LayerGraph(
        name,
        sequential,
        layers.stream().map(change).toList(),
        calls,
        inputs,
        outputs,
        inputKeys,
        outputKeys);
  }

  /** Returns the same graph with the layers in another order. */
  LayerGraph inOrder(List<String> names) {
    List<Layer> ordered = new ArrayList<>(layers);
    ordered.sort(Comparator.comparing(layer -> names.indexOf(String.valueOf(layer.name()))));
    List<Call> moved =
        calls.stream()
            .map(
                call ->
                    new Call(
                        ordered.indexOf(layers.get(call.layer())), call.inputs(), call.options()))
            .toList();
    return new LayerGraph(name, sequential, ordered, moved, inputs, outputs, inputKeys, outputKeys);
  }

  /** Returns the same graph under another name. */
  public LayerGraph withName(String newName) {
    return new LayerGraph(
        newName, sequential, layers, calls, inputs, outputs, inputKeys, outputKeys);
  }

  /** Returns the same graph with inputs and outputs that have keys; empty for none. */
  public LayerGraph withKeys(List<String> newInputKeys, List<String> newOutputKeys) {
    return new LayerGraph(
        name, sequential, layers, calls, inputs, outputs, newInputKeys, newOutputKeys);
  }

  /**
   * Returns the part of the graph that the output of a layer depends on, with that as its output.
   *
   * @throws IllegalArgumentException if there is no such layer, or it is called several times or
   *     has several outputs
   */
  public LayerGraph upTo(String layer) {
    return new Part(this).upTo(layer);
  }

  /** The part of a graph that one output depends on. */
  private static final class Part {

    private final LayerGraph graph;

    Part(LayerGraph graph) {
      this.graph = graph;
    }

    LayerGraph upTo(String name) {
      int last = onlyCall(name);
      boolean[] needed = new boolean[graph.calls().size()];
      needed[last] = true;
      for (int call = last; call >= 0; call--) {
        if (needed[call]) {
          graph.calls().get(call).inputs().forEach(source -> needed[source.call()] = true);
        }
      }

      List<Integer> calls =
          IntStream.range(0, needed.length).filter(call -> needed[call]).boxed().toList();
      List<Integer> used = calls.stream().map(call -> graph.calls().get(call).layer()).toList();
      List<Integer> places =
          IntStream.range(0, graph.layers().size()).filter(used::contains).boxed().toList();
      List<Layer> layers = places.stream().map(graph.layers()::get).toList();
      List<Call> moved = new ArrayList<>();
      for (int index : calls) {
        Call call = graph.calls().get(index);
        List<Source> inputs =
            call.inputs().stream()
                .map(source -> new Source(calls.indexOf(source.call()), source.output()))
                .toList();
        moved.add(new Call(places.indexOf(call.layer()), inputs, call.options()));
      }

      List<Integer> inputs =
          graph.inputs().stream().filter(calls::contains).map(calls::indexOf).toList();
      return new LayerGraph(
          graph.name(), false, layers, moved, inputs, List.of(new Source(calls.indexOf(last), 0)));
    }

    private int onlyCall(String name) {
      List<Integer> calls =
          IntStream.range(0, graph.calls().size())
              .filter(call -> name.equals(layer(call).name()))
              .boxed()
              .toList();
      if (calls.isEmpty()) {
        throw new IllegalArgumentException(
            "The model %s has no layer '%s'. Layers: %s"
                .formatted(graph.name(), name, graph.layers().stream().map(Layer::name).toList()));
      }

      int last = calls.get(0);
      boolean one =
          calls.size() == 1
              && (!(layer(last) instanceof NestedModel nested)
                  || nested.graph().outputs().size() == 1);
      if (!one) {
        throw new IllegalArgumentException(
            "The layer '%s' of the model %s has several outputs, as it is called several times or is a model of several outputs"
                .formatted(name, graph.name()));
      }

      return last;
    }

    private Layer layer(int call) {
      return graph.layers().get(graph.calls().get(call).layer());
    }
  }
}
