package io.firesteel.internal.onnx;

import io.firesteel.internal.network.OutputPart;
import io.firesteel.layers.GRU;
import io.firesteel.layers.LSTM;
import io.firesteel.layers.Layer;
import io.firesteel.layers.RNN;
import io.firesteel.layers.RecurrentLayer;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers by ONNX's own operators, where these have the activations and there is no mask;
 * by {@link RecurrentScan} elsewhere.
 */
final class RecurrentOps {

  private static final Map<String, String> NATIVE =
      Map.of("tanh", "Tanh", "sigmoid", "Sigmoid", "relu", "Relu");

  /* Keras has the gates i f c o, ONNX i o f c; both have z r h for GRU. */
  private static final int[] LSTM_GATES = {0, 3, 1, 2};
  private static final int[] GRU_GATES = {0, 1, 2};
  private static final int[] ONE_GATE = {0};

  private RecurrentOps() {}

  static String recurrent(OnnxCall call) {
    return call.row(outputs(call));
  }

  /** Returns one of the outputs in a row. */
  static String part(OnnxCall call, OutputPart part) {
    int end = part.first() + part.shape().size();
    String flat = VectorOps.slice(call.graph(), call.input(), part.first(), end, 1);
    return call.graph().reshape(flat, part.shape());
  }

  /** The layers of the cells, each on the output of the one before it. */
  static String cells(OnnxCall call) {
    List<RecurrentLayer<?>> layers = ((RNN) call.layer()).cellLayers();
    List<String> states = new ArrayList<>();
    List<String> inputs = call.inputs();
    List<Shape> shapes = call.shapes();
    String mask = call.mask();
    int firstWeight = 0;
    for (int i = 0; i < layers.size(); i++) {
      RecurrentLayer<?> layer = layers.get(i);
      OnnxCall inner = call.inside(layer, "cell" + i, inputs, mask, shapes, firstWeight);
      List<String> outputs = outputs(inner);
      firstWeight += layer.weights(shapes).size();
      if (i == 0 && mask != null && inner.config().bool("go_backwards", false)) {
        mask = reversed(call.graph(), mask);
      }

      inputs = outputs.subList(0, 1);
      shapes = layer.computeOutputShapes(shapes).subList(0, 1);
      states.addAll(outputs.subList(1, outputs.size()));
    }

    states.add(0, inputs.get(0));
    return call.row(states);
  }

  static String bidirectional(OnnxCall call) {
    OnnxGraph graph = call.graph();
    List<Layer> layers = WrapperOps.insideOf(call.layer());
    int firstWeight = layers.get(0).weights(call.shapes()).size();
    int states = layers.get(0) instanceof LSTM ? 2 : 1;
    List<String> forward = outputs(way(call, layers.get(0), "forward_layer", 1, 1 + states, 0));
    List<String> backward =
        outputs(
            way(
                call,
                layers.get(1),
                "backward_layer",
                1 + states,
                call.inputs().size(),
                firstWeight));
    String first = forward.get(0);
    String last = backward.get(0);
    ConfigReader inner = layers.get(1).getConfig().reader("backward_layer");
    if (inner.bool("return_sequences", false)) {
      last = reversed(graph, last);
    }

    List<String> outputs = new ArrayList<>();
    switch (String.valueOf(call.config().nullableString("merge_mode"))) {
      case "concat" -> outputs.add(graph.op("Concat", Map.of("axis", -1), first, last));
      case "sum" -> outputs.add(graph.op("Add", first, last));
      case "mul" -> outputs.add(graph.op("Mul", first, last));
      case "ave" -> outputs.add(graph.op("Mul", graph.op("Add", first, last), graph.scalar(0.5f)));
      default -> outputs.addAll(List.of(first, last));
    }

    outputs.addAll(forward.subList(1, forward.size()));
    outputs.addAll(backward.subList(1, backward.size()));
    return call.row(outputs);
  }

  /** Returns the call of one of two layers, with its part of the states to begin with. */
  private static OnnxCall way(
      OnnxCall call, Layer layer, String name, int firstState, int end, int firstWeight) {
    List<String> inputs = new ArrayList<>(call.inputs().subList(0, 1));
    List<Shape> shapes = new ArrayList<>(call.shapes().subList(0, 1));
    if (call.inputs().size() > 1) {
      inputs.addAll(call.inputs().subList(firstState, end));
      shapes.addAll(call.shapes().subList(firstState, end));
    }

    return call.inside(layer, name, inputs, call.mask(), shapes, firstWeight);
  }

  /** Returns the output of a recurrent layer, and its states if it returns them. */
  private static List<String> outputs(OnnxCall call) {
    ConfigReader config = call.config();
    OnnxGraph graph = call.graph();
    String x = call.input();
    if (config.bool("go_backwards", false)) {
      x = reversed(graph, x);
    }

    x = graph.transpose(x, 1, 0, 2);
    String gates = String.valueOf(call.config().any("recurrent_activation"));
    boolean isNative =
        mask(call) == null
            && NATIVE.containsKey(String.valueOf(config.any("activation")))
            && (!hasGates(call) || NATIVE.containsKey(gates));
    return isNative ? byOperator(call, x) : new RecurrentScan(call, x).outputs();
  }

  /** Returns the mask, which a layer that is given its states does not see. */
  static @Nullable String mask(OnnxCall call) {
    return call.inputs().size() > 1 ? null : call.mask();
  }

  static boolean hasGates(OnnxCall call) {
    return call.layer() instanceof LSTM || call.layer() instanceof GRU;
  }

  /** Returns the steps of time, the second dimension, in the other order. */
  static String reversed(OnnxGraph graph, String x) {
    return graph.op(
        "Slice",
        x,
        graph.integers(-1),
        graph.integers(Integer.MIN_VALUE),
        graph.integers(1),
        graph.integers(-1));
  }

  private static List<String> byOperator(OnnxCall call, String x) {
    OnnxGraph graph = call.graph();
    int units = call.config().size("units", 1);
    String activation = NATIVE.get(call.config().string("activation"));
    String type = "RNN";
    String[] activations = {activation};
    int[] gates = ONE_GATE;
    int reset = 0;
    if (hasGates(call)) {
      String recurrent = NATIVE.get(call.config().string("recurrent_activation"));
      boolean isLstm = call.layer() instanceof LSTM;
      type = isLstm ? "LSTM" : "GRU";
      gates = isLstm ? LSTM_GATES : GRU_GATES;
      activations =
          isLstm
              ? new String[] {recurrent, activation, activation}
              : new String[] {recurrent, activation};
      reset = !isLstm && call.config().bool("reset_after", true) ? 1 : 0;
    }

    Map<String, Object> attributes =
        type.equals("GRU")
            ? Map.of("hidden_size", units, "activations", activations, "linear_before_reset", reset)
            : Map.of("hidden_size", units, "activations", activations);
    List<String> given =
        new ArrayList<>(
            List.of(
                x,
                matrix(call, "kernel", units, gates),
                matrix(call, "recurrent_kernel", units, gates),
                biases(call, units, gates)));
    if (call.inputs().size() > 1) {
      given.add("");
      call.inputs().stream()
          .skip(1)
          .forEach(state -> given.add(graph.op("Unsqueeze", state, graph.integers(0))));
    }

    boolean returnsState = call.config().bool("return_state", false);
    int count = returnsState && type.equals("LSTM") ? 3 : 2;
    List<String> results = graph.ops(type, count, attributes, given.toArray(new String[0]));
    List<String> outputs = new ArrayList<>();
    outputs.add(
        call.config().bool("return_sequences", false)
            ? graph.transpose(graph.op("Squeeze", results.get(0), graph.integers(1)), 1, 0, 2)
            : graph.op("Squeeze", results.get(1), graph.integers(0)));
    for (int i = 1; returnsState && i < count; i++) {
      outputs.add(graph.op("Squeeze", results.get(i), graph.integers(0)));
    }

    return outputs;
  }

  /** Returns Keras's matrix, inputs x gates of units, as 1 x gates of units x inputs. */
  private static String matrix(OnnxCall call, String name, int units, int[] gates) {
    float[] given = call.values(name);
    int width = gates.length * units;
    int inputs = given.length / width;
    float[] moved = new float[given.length];
    for (int gate = 0; gate < gates.length; gate++) {
      for (int unit = 0; unit < units; unit++) {
        for (int i = 0; i < inputs; i++) {
          moved[(gate * units + unit) * inputs + i] = given[i * width + gates[gate] * units + unit];
        }
      }
    }

    return call.constant(name, moved, 1, width, inputs);
  }

  /** Returns the biases of the inputs and then those of the states, zeros where there are none. */
  private static String biases(OnnxCall call, int units, int[] gates) {
    int width = gates.length * units;
    float[] moved = new float[2 * width];
    float[] given = call.hasWeight("bias") ? call.values("bias") : new float[width];
    for (int part = 0; part < given.length / width; part++) {
      for (int gate = 0; gate < gates.length; gate++) {
        System.arraycopy(
            given, part * width + gates[gate] * units, moved, part * width + gate * units, units);
      }
    }

    return call.constant("bias", moved, 1, 2 * width);
  }
}
