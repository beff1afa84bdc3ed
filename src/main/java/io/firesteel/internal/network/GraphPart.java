package io.firesteel.internal.network;

import io.firesteel.internal.network.LayerGraph.Call;
import io.firesteel.internal.network.LayerGraph.Source;
import io.firesteel.layers.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The part of a graph that one output depends on. */
final class GraphPart {

  private final LayerGraph graph;

  GraphPart(LayerGraph graph) {
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
