package io.firesteel.internal.network;

import io.firesteel.internal.network.LayerGraph.Call;
import io.firesteel.internal.network.LayerGraph.Source;
import io.firesteel.internal.saving.KerasOperation;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.layers.Layers;
import io.firesteel.layers.MultiInputLayer;
import io.firesteel.layers.SequenceLayer;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A graph of layers as Keras writes it.
 *
 * <p>Source: Keras 3.15, keras/src/models/functional.py and keras/src/models/sequential.py.
 */
public final class GraphConfig {

  /** The dtype that models and layers have. */
  public static final Config FLOAT32 =
      Config.builder()
          .put("module", "keras")
          .put("class_name", "DTypePolicy")
          .put("config", Config.builder().put("name", "float32").build())
          .put("registered_name", null)
          .build();

  private final LayerGraph graph;
  private final boolean trainable;
  private final List<List<Shape>> shapes;
  private final int[] nodeIndices;

  private GraphConfig(LayerGraph graph, boolean trainable) {
    this.graph = graph;
    this.trainable = trainable;
    this.shapes = GraphShapes.of(graph);
    this.nodeIndices = new int[graph.calls().size()];
    Arrays.setAll(nodeIndices, call -> callOfLayer(graph, call));
  }

  /**
   * Returns which of the calls of its layer a call is, as Keras counts: a functional model has been
   * called once before it is nested.
   */
  private static int callOfLayer(LayerGraph graph, int call) {
    int layer = graph.calls().get(call).layer();
    boolean functional =
        graph.layers().get(layer) instanceof NestedModel nested && nested.isCalledBefore();
    int index = functional ? 1 : 0;
    for (Call earlier : graph.calls().subList(0, call)) {
      index += earlier.layer() == layer ? 1 : 0;
    }

    return index;
  }

  /** Returns the serialized model, with its class, without {@code compile_config}. */
  public static Config serialize(LayerGraph graph, boolean trainable) {
    return OpenLengths.isOpen(graph)
        ? OpenLengths.common(
            write(OpenLengths.unbound(graph, 1), trainable),
            write(OpenLengths.unbound(graph, 2), trainable))
        : write(graph, trainable);
  }

  private static Config write(LayerGraph graph, boolean trainable) {
    GraphConfig writer = new GraphConfig(graph, trainable);
    return graph.sequential() ? writer.sequential() : writer.functional();
  }

  private Config sequential() {
    Object input = graph.inputLayers().get(0).shape().toBatchList();
    List<Config> layers = new ArrayList<>();
    graph.calls().forEach(call -> layers.add(layer(call)));
    Config config =
        Config.builder()
            .put("name", graph.name())
            .put("trainable", trainable)
            .put("dtype", FLOAT32)
            .put("layers", layers)
            .put("build_input_shape", input)
            .build();
    return Config.builder()
        .put("module", "keras")
        .put("class_name", "Sequential")
        .put("config", config)
        .put("registered_name", null)
        .put("build_config", Config.builder().put("input_shape", input).build())
        .build();
  }

  private Config functional() {
    List<Config> layers = new ArrayList<>();
    for (int l = 0; l < graph.layers().size(); l++) {
      layers.add(layerWithNodes(l));
    }

    Config config =
        Config.builder()
            .put("name", graph.name())
            .put("trainable", trainable)
            .put("layers", layers)
            .put(
                "input_layers",
                places(
                    graph.inputs().stream().map(c -> new Source(c, 0)).toList(), graph.inputKeys()))
            .put("output_layers", places(graph.outputs(), graph.outputKeys()))
            .build();
    return Config.builder()
        .put("module", "keras.src.models.functional")
        .put("class_name", "Functional")
        .put("config", config)
        .put("registered_name", "Functional")
        .put("build_config", Config.builder().put("input_shape", inputShape()).build())
        .build();
  }

  private @Nullable Object inputShape() {
    List<InputLayer> inputs = graph.inputLayers();
    return inputs.size() == 1 ? inputs.get(0).shape().toBatchList() : null;
  }

  private Object places(List<Source> sources, List<String> keys) {
    List<Object> places = sources.stream().map(source -> history(source, 0)).toList();
    if (!keys.isEmpty()) {
      Config.Builder named = Config.builder();
      for (int i = 0; i < keys.size(); i++) {
        named.put(keys.get(i), places.get(i));
      }

      return named.build();
    }

    return places.size() == 1 ? places.get(0) : places;
  }

  /** Returns a place; within the graph the calls of nested models count from 0 on. */
  private Object history(Source source, int first) {
    Call call = graph.calls().get(source.call());
    String name = String.valueOf(graph.layers().get(call.layer()).name());
    return List.of(name, nodeIndices[source.call()] - first, source.output());
  }

  private int firstCall(Source source) {
    Layer layer = graph.layers().get(graph.calls().get(source.call()).layer());
    return layer instanceof NestedModel nested && nested.isCalledBefore() ? 1 : 0;
  }

  private Config layer(Call call) {
    Layer layer = graph.layers().get(call.layer());
    if (layer instanceof NestedModel nested && nested.isOfSteps()) {
      Object shape = shapesOf(call).get(0).toBatchList();
      return Config.builder()
          .put("module", "keras.layers")
          .put("class_name", nested.className())
          .put("config", nested.getConfig())
          .put("registered_name", null)
          .put("build_config", Config.builder().put("input_shape", shape).build())
          .build();
    }

    if (layer instanceof NestedModel nested) {
      Config model = serialize(nested.graph(), nested.trainable());
      return model.with("compile_config", Config.empty());
    }

    if (layer instanceof KerasOperation operation) {
      return operation(operation, layer.name());
    }

    return layer instanceof InputLayer
        ? Layers.serialize(layer)
        : Layers.serialize(layer, shapesOf(call));
  }

  private static Config operation(KerasOperation operation, @Nullable String name) {
    Config.Builder config = Config.builder().put("name", name);
    Config fields = operation.operationConfig();
    fields.keys().forEach(key -> config.put(key, fields.get(key)));
    return Config.builder()
        .put("module", operation.operationModule())
        .put("class_name", operation.operation())
        .put("config", config.build())
        .put("registered_name", operation.operation())
        .build();
  }

  private List<Shape> shapesOf(Call call) {
    return call.inputs().stream().map(s -> shapes.get(s.call()).get(s.output())).toList();
  }

  private Config layerWithNodes(int index) {
    Layer layer = graph.layers().get(index);
    List<Call> calls = graph.calls().stream().filter(call -> call.layer() == index).toList();
    List<Config> nodes = new ArrayList<>();
    if (!(layer instanceof InputLayer)) {
      calls.forEach(call -> nodes.add(node(layer, call)));
    }

    return layer(calls.get(0))
        .with("name", String.valueOf(layer.name()))
        .with("inbound_nodes", nodes);
  }

  private Config node(Layer layer, Call call) {
    List<String> names = layer instanceof MultiInputLayer<?> multi ? multi.callNames() : List.of();
    Config.Builder kwargs = Config.builder();
    List<Object> tensors = new ArrayList<>();
    List<Object> states = new ArrayList<>();
    List<Shape> inputs = shapesOf(call);
    for (int i = 0; i < inputs.size(); i++) {
      Config tensor = tensor(inputs.get(i), call.inputs().get(i));
      if (i > 0 && layer instanceof SequenceLayer<?>) {
        states.add(tensor);
      } else if (i < names.size() && names.get(i).endsWith("_mask")) {
        kwargs.put(names.get(i), tensor);
      } else {
        tensors.add(tensor);
      }
    }

    if (!states.isEmpty()) {
      kwargs.put(SequenceLayer.STATES, states.size() == 1 ? states.get(0) : states);
    }

    boolean list = layer instanceof MultiInputLayer<?> ? names.isEmpty() : inputs.size() > 1;
    if (call.options().training() != null) {
      kwargs.put("training", call.options().training());
    }

    if (call.options().useCausalMask()) {
      kwargs.put("use_causal_mask", true);
    }

    if (call.options().returnAttentionScores()) {
      kwargs.put("return_attention_scores", true);
    }

    if (call.options().reverse()) {
      kwargs.put("reverse", true);
    }

    Object args = list ? List.of(tensors) : tensors;
    return Config.builder()
        .put("args", layer instanceof KerasOperation given ? given.operationCall(tensors) : args)
        .put("kwargs", kwargs.build())
        .build();
  }

  private String dtype(Source source) {
    Layer layer = graph.layers().get(graph.calls().get(source.call()).layer());
    return layer instanceof InputLayer input ? input.dtype() : "float32";
  }

  private Config tensor(Shape shape, Source source) {
    return Config.builder()
        .put("class_name", "__keras_tensor__")
        .put(
            "config",
            Config.builder()
                .put("shape", shape.toBatchList())
                .put("dtype", dtype(source))
                .put("keras_history", history(source, firstCall(source)))
                .build())
        .build();
  }
}
