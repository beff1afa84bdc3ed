package io.firesteel.internal.onnx;

import io.firesteel.layers.GRU;
import io.firesteel.layers.LSTM;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import java.util.Map;

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
    ConfigReader config = call.config();
    OnnxGraph graph = call.graph();
    String x = call.input();
    if (config.bool("go_backwards", false)) {
      x = reversed(graph, x);
    }

    x = graph.transpose(x, 1, 0, 2);
    String gates = String.valueOf(call.config().any("recurrent_activation"));
    boolean isNative =
        call.mask() == null
            && NATIVE.containsKey(String.valueOf(config.any("activation")))
            && (!hasGates(call) || NATIVE.containsKey(gates));
    return isNative ? byOperator(call, x) : new RecurrentScan(call, x).output();
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

  private static String byOperator(OnnxCall call, String x) {
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
    List<String> results =
        graph.ops(
            type,
            2,
            attributes,
            x,
            matrix(call, "kernel", units, gates),
            matrix(call, "recurrent_kernel", units, gates),
            biases(call, units, gates));
    return call.config().bool("return_sequences", false)
        ? graph.transpose(graph.op("Squeeze", results.get(0), graph.integers(1)), 1, 0, 2)
        : graph.op("Squeeze", results.get(1), graph.integers(0));
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
