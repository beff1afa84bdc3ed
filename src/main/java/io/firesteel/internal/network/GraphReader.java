package io.firesteel.internal.network;

import io.firesteel.internal.data.OpenShape;
import io.firesteel.internal.saving.KerasOperation;
import io.firesteel.layers.CallOptions;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Layer;
import io.firesteel.layers.Layers;
import io.firesteel.layers.MultiInputLayer;
import io.firesteel.layers.SequenceLayer;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds a graph of layers from Keras's serialized form of a Functional or a built Sequential
 * model.
 */
public final class GraphReader {

  private final String name;
  private final int standIn;
  private final Map<String, Layer> layers = new LinkedHashMap<>();
  private final Map<String, List<Config>> nodes = new HashMap<>();
  private final Map<CallOfLayer, KerasTensor.Node> made = new HashMap<>();
  private final GraphMasks masks = new GraphMasks();
  private final Map<Layer, Config> operations = new HashMap<>();

  private record CallOfLayer(String layer, int call) {}

  /** A call that is being made: what it reads is made first, one after the other. */
  private static final class Pending {

    private final CallOfLayer call;
    private final Layer layer;
    private final CallArguments arguments;
    private int next;

    private Pending(CallOfLayer call, Layer layer, CallArguments arguments) {
      this.call = call;
      this.layer = layer;
      this.arguments = arguments;
    }

    private boolean readsMore() {
      return next < arguments.places().size();
    }
  }

  private GraphReader(String name, int standIn) {
    this.name = name;
    this.standIn = standIn;
  }

  /** Tells whether a serialized form is that of a model. */
  static boolean isModel(Config serialized) {
    Object className = serialized.get("class_name");
    return "Functional".equals(className)
        || "Model".equals(className)
        || "Sequential".equals(className);
  }

  /**
   * Returns the graph of a serialized model.
   *
   * @throws IllegalArgumentException if the class is another, a layer or an argument is not
   *     supported, or a Sequential model does not say the shape of its input
   */
  public static LayerGraph read(Config serialized) {
    IllegalArgumentException first = null;
    for (int standIn : OpenShape.STAND_INS) {
      try {
        return read(serialized, standIn);
      } catch (IllegalArgumentException e) {
        first = first == null ? e : first;
        if (!isOpen(serialized)) {
          break;
        }
      }
    }

    throw Objects.requireNonNull(first);
  }

  /** Tells whether an input of a model that could not be read leaves an extent open. */
  private static boolean isOpen(Config serialized) {
    return serialized.get("config") instanceof Config config
        && config.get("layers") instanceof List<?> layers
        && layers.stream()
            .anyMatch(
                layer ->
                    layer instanceof Config each
                        && each.get("config") instanceof Config fields
                        && fields.get("batch_shape") instanceof List<?> shape
                        && shape.lastIndexOf(null) > 0);
  }

  private static LayerGraph read(Config serialized, int standIn) {
    ConfigReader outer = serialized.reader("model");
    String className = outer.string("class_name");
    Config config = outer.config("config");
    if (className.equals("Sequential")) {
      return sequential(config, standIn);
    }

    if (!className.equals("Functional") && !className.equals("Model")) {
      throw new IllegalArgumentException(
          "Firesteel opens models of the classes Sequential and Functional. Received: "
              + className);
    }

    ConfigReader reader = config.reader(className);
    List.of("trainable", "dtype").forEach(reader::seen);
    return new GraphReader(reader.string("name", "functional"), standIn).functional(reader);
  }

  private static LayerGraph sequential(Config config, int standIn) {
    ConfigReader reader = config.reader("Sequential");
    List.of("trainable", "dtype").forEach(reader::seen);
    List<Layer> layers = new ArrayList<>();
    reader.list("layers").forEach(each -> layers.add(layer(each, standIn)));
    Shape input = layers.isEmpty() ? null : layers.get(0).inputShape();
    List<?> built = reader.optionalList("build_input_shape");
    String name = reader.string("name", "sequential");
    reader.finish();
    if (input == null && built.isEmpty()) {
      throw new IllegalArgumentException(
          "The model %s does not say the shape of its input; build it before it is nested or saved"
              .formatted(name));
    }

    Shape shape = input == null ? Shape.of(built.subList(1, built.size())) : input;
    return LayerGraph.chain(name, shape, LayerNames.named(layers));
  }

  /** Returns the layer of a serialized form, which may be a nested model. */
  public static Layer layer(Object serialized) {
    return layer(serialized, OpenShape.STAND_INS.get(0));
  }

  private static Layer layer(Object serialized, int standIn) {
    if (serialized instanceof Config config && isModel(config)) {
      Object trainable =
          config.get("config") instanceof Config fields ? fields.get("trainable") : null;
      return NestedModel.of(read(config, standIn), !Boolean.FALSE.equals(trainable), null);
    }

    if (serialized instanceof Config config
        && "TimeDistributed".equals(config.get("class_name"))
        && config.get("config") instanceof Config fields
        && fields.get("layer") instanceof Config wrapped
        && isModel(wrapped)) {
      return ofSteps(fields, wrapped, standIn);
    }

    Layer layer = Layers.get(serialized);
    return layer instanceof InputLayer input && input.rows().isOpen()
        ? input.withRows(input.rows().withStandIn(standIn))
        : layer;
  }

  private static Layer ofSteps(Config fields, Config wrapped, int standIn) {
    ConfigReader reader = fields.reader("TimeDistributed");
    reader.config("layer");
    reader.seen("dtype"); // Those of the layers inside are read.
    String name = reader.string("name", "time_distributed");
    boolean trainable = reader.bool("trainable", true);
    reader.finish();
    NestedModel model = (NestedModel) layer(wrapped, standIn);
    return model.withTrainable(model.trainable() && trainable).ofSteps(name);
  }

  private LayerGraph functional(ConfigReader reader) {
    for (Object each : reader.list("layers")) {
      if (!(each instanceof Config given)) {
        throw reader.invalid("layers", "a list of objects");
      }

      if (Layers.isMaskOperation(given)) {
        masks.add(String.valueOf(given.get("name")), given);
        continue;
      }

      boolean operation = Operations.isOperation(given);
      Config config = operation ? Operations.asLayer(given) : given;
      Layer layer = layer(config, standIn);
      String own = config.get("name") instanceof String outer ? outer : layer.name();
      Layer named = own == null || own.equals(layer.name()) ? layer : layer.withName(own);
      if (operation && !(named instanceof KerasOperation)) {
        operations.put(named, given);
      }

      if (layers.put(String.valueOf(named.name()), named) != null) {
        throw new IllegalArgumentException(
            "The model %s has two layers of the name '%s'. All must differ"
                .formatted(name, named.name()));
      }

      nodes.put(String.valueOf(named.name()), nodes(named, config));
    }

    List<KerasTensor> inputs = tensors(reader, "input_layers");
    List<KerasTensor> outputs = tensors(reader, "output_layers");
    List<String> inputKeys = keys(reader.any("input_layers"));
    List<String> outputKeys = keys(reader.any("output_layers"));
    reader.finish();
    return LayerGraph.of(name, inputs, outputs).withKeys(inputKeys, outputKeys);
  }

  private static List<Config> nodes(Layer layer, Config config) {
    List<Config> nodes = new ArrayList<>();
    if (config.get("inbound_nodes") instanceof List<?> given) {
      for (Object node : given) {
        if (!(node instanceof Config call)) {
          throw new IllegalArgumentException(
              "The layer '%s': 'inbound_nodes' must be a list of objects. Received: %s"
                  .formatted(layer.name(), given));
        }

        nodes.add(call);
      }
    }

    return nodes;
  }

  /** Keras takes what a dictionary holds in the order of its sorted keys. */
  private static List<String> keys(@Nullable Object given) {
    return given instanceof Config named ? named.keys().stream().sorted().toList() : List.of();
  }

  /** Reads one place or a list or an object of places; a place is a list of name and indices. */
  private List<KerasTensor> tensors(ConfigReader reader, String key) {
    Object given = reader.any(key);
    if (given instanceof Config named) {
      return keys(named).stream().map(each -> end(key, named.get(each))).toList();
    }

    if (!(given instanceof List<?> places) || places.isEmpty()) {
      throw reader.invalid(key, "a list of names and indices");
    }

    if (places.get(0) instanceof String) {
      return List.of(end(key, places));
    }

    return places.stream().map(each -> end(key, each)).toList();
  }

  /** Where a model begins and ends, Keras counts the calls of a functional model from 1 on. */
  private KerasTensor end(String key, @Nullable Object given) {
    GraphPlace place = GraphPlace.of("The model %s, %s".formatted(name, key), given);
    boolean functional =
        layers.get(place.layer()) instanceof NestedModel nested && nested.isCalledBefore();
    return tensor(functional ? place.earlier(1) : place);
  }

  private KerasTensor tensor(GraphPlace place) {
    List<KerasTensor> outputs =
        layer(place) instanceof InputLayer input ? List.of(input.output()) : node(place).outputs();
    if (place.output() >= outputs.size()) {
      throw new IllegalArgumentException(
          "The model %s reads output %d of the layer '%s', which has %d"
              .formatted(name, place.output(), place.layer(), outputs.size()));
    }

    return outputs.get(place.output());
  }

  private @Nullable KerasTensor madeAt(GraphPlace place) {
    if (layers.get(place.layer()) instanceof InputLayer input) {
      return input.output();
    }

    KerasTensor.Node node = made.get(new CallOfLayer(place.layer(), place.call()));
    return node == null || place.output() >= node.outputs().size()
        ? null
        : node.outputs().get(place.output());
  }

  private Layer layer(GraphPlace place) {
    Layer layer = layers.get(place.layer());
    if (layer == null) {
      throw new IllegalArgumentException(
          "The model %s reads the output of the layer '%s', which it does not have. Layers: %s"
              .formatted(name, place.layer(), layers.keySet()));
    }

    return layer;
  }

  /** Returns a call, after all that it depends on; a graph may be deeper than the stack. */
  private KerasTensor.Node node(GraphPlace wanted) {
    Deque<Pending> path = new ArrayDeque<>();
    Set<CallOfLayer> onPath = new HashSet<>();
    open(wanted, path, onPath);
    while (!path.isEmpty()) {
      Pending last = path.getLast();
      if (last.readsMore()) {
        open(last.arguments.places().get(last.next++), path, onPath);
      } else {
        made.put(last.call, make(last.layer, last.arguments));
        onPath.remove(last.call);
        path.removeLast();
      }
    }

    return Objects.requireNonNull(made.get(new CallOfLayer(wanted.layer(), wanted.call())));
  }

  private void open(GraphPlace place, Deque<Pending> path, Set<CallOfLayer> onPath) {
    CallOfLayer call = new CallOfLayer(place.layer(), place.call());
    Layer layer = layer(place);
    if (layer instanceof InputLayer || made.containsKey(call)) {
      return;
    }

    if (!onPath.add(call)) {
      throw new IllegalArgumentException(
          "The model %s has a cycle: the layer '%s' depends on its own output"
              .formatted(name, place.layer()));
    }

    List<Config> calls = nodes.getOrDefault(place.layer(), List.of());
    if (place.call() < 0 || place.call() >= calls.size()) {
      throw new IllegalArgumentException(
          "The model %s reads call %d of the layer '%s', which is called %d times"
              .formatted(name, place.call(), place.layer(), calls.size()));
    }

    path.addLast(new Pending(call, layer, CallArguments.of(layer, calls.get(place.call()))));
  }

  private KerasTensor.Node call(Layer layer, List<KerasTensor> inputs, CallOptions options) {
    Config operation = operations.get(layer);
    Layer maskless =
        operation != null && inputs.stream().anyMatch(masks::isCarriedBy)
            ? MasklessOperation.of(layer, operation)
            : null;
    return maskless != null
        ? KerasTensor.node(maskless, inputs, options)
        : KerasTensor.node(layer, inputs, operation == null ? options : options.ofOperation());
  }

  private KerasTensor.Node make(Layer layer, CallArguments arguments) {
    List<KerasTensor> inputs = arguments.places().stream().map(this::tensor).toList();
    Config mask = arguments.mask();
    if (mask != null && layer instanceof SequenceLayer<?> && inputs.size() > 1) {
      throw new IllegalArgumentException(
          "The layer '%s' is called with 'initial_state' and 'mask', which is not supported; Keras"
                  .formatted(layer.name())
              + " itself passes no mask on to a layer that is given its state");
    }

    if (mask != null && !inputs.isEmpty()) {
      masks.require(layer, inputs.get(0), mask, this::madeAt);
    }

    if (layer instanceof NestedModel model) {
      return model.callModel(inputs, arguments.options()).get(0).node();
    }

    if (layer instanceof MultiInputLayer<?> || inputs.size() == 1) {
      KerasTensor.Node node = call(layer, inputs, arguments.options());
      masks.note(node);
      return node;
    }

    throw new IllegalArgumentException(
        "The layer '%s' takes one input. Received: %d".formatted(layer.name(), inputs.size()));
  }
}
