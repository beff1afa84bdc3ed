package io.firesteel.internal.onnx;

import io.firesteel.layers.GRU;
import io.firesteel.layers.LSTM;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent layer as ONNX's {@code Scan} over the steps of time: any activations, and masks, at
 * whose steps states stay as they are.
 */
final class RecurrentScan {

  private final OnnxCall call;
  private final OnnxGraph graph;
  private final OnnxGraph body;
  private final String x;
  private final int units;

  /**
   * Creates one.
   *
   * @param x the inputs, steps x rows x values, in the order of going
   */
  RecurrentScan(OnnxCall call, String x) {
    this.call = call;
    this.graph = call.graph();
    this.body = graph.inner("step");
    this.x = x;
    this.units = call.config().size("units", 1);
  }

  /** Returns the output, and the states if the layer returns them. */
  List<String> outputs() {
    ConfigReader config = call.config();
    int states = call.layer() instanceof LSTM ? 2 : 1;
    List<String> given = new ArrayList<>();
    List<String> before = new ArrayList<>();
    for (int i = 0; i < states; i++) {
      given.add(call.inputs().size() > 1 ? call.inputs().get(1 + i) : zeros());
      before.add(body.innerInput(call.path() + "/state"));
    }

    given.add(entering());
    String z = body.innerInput(call.path() + "/entering");
    String mask = mask();
    String counts = null;
    if (mask != null) {
      given.add(mask);
      counts = body.innerInput(call.path() + "/counts");
    }

    List<String> after = step(z, before);
    for (int i = 0; i < states; i++) {
      String now = after.get(i);
      String kept = counts == null ? now : body.op("Where", counts, now, before.get(i));
      after.set(i, kept);
      body.innerOutput(kept);
    }

    String put = after.get(0);
    if (counts != null && config.bool("zero_output_for_mask", false)) {
      put = body.op("Where", counts, put, body.scalar(0));
    } else {
      put = body.op("Identity", put);
    }

    body.innerOutput(put);
    Map<String, Object> attributes = Map.of("body", body, "num_scan_inputs", mask == null ? 1 : 2);
    List<String> results = graph.ops("Scan", states + 1, attributes, given.toArray(new String[0]));
    List<String> outputs = new ArrayList<>();
    outputs.add(
        config.bool("return_sequences", false)
            ? graph.transpose(results.get(states), 1, 0, 2)
            : last(results, states));
    if (config.bool("return_state", false)) {
      outputs.addAll(results.subList(0, states));
    }

    return outputs;
  }

  /** Returns the output of the last step, which is the state unless a mask makes it 0. */
  private String last(List<String> results, int states) {
    boolean zero =
        RecurrentOps.mask(call) != null && call.config().bool("zero_output_for_mask", false);
    return zero
        ? graph.op(
            "Squeeze",
            graph.op("Gather", Map.of("axis", 0), results.get(states), graph.integers(-1)),
            graph.integers(0))
        : results.get(0);
  }

  /** Returns a state of zeros for each row. */
  private String zeros() {
    String rows = graph.op("Slice", graph.op("Shape", x), graph.integers(1), graph.integers(2));
    String shape = graph.op("Concat", Map.of("axis", 0), rows, graph.integers(units));
    return graph.op("ConstantOfShape", shape);
  }

  /** Returns what all inputs are multiplied to, biases included. */
  private String entering() {
    String product = graph.op("MatMul", x, call.weight("kernel"));
    if (!call.hasWeight("bias")) {
      return product;
    }

    float[] bias = call.values("bias");
    int width = call.shapeOf("kernel").dim(-1);
    return graph.op(
        "Add", product, call.constant("entering_bias", Arrays.copyOf(bias, width), width));
  }

  private @Nullable String mask() {
    String mask = RecurrentOps.mask(call);
    if (mask == null) {
      return null;
    }

    if (call.config().bool("go_backwards", false)) {
      mask = RecurrentOps.reversed(graph, mask);
    }

    return graph.op("Unsqueeze", graph.transpose(mask, 1, 0), graph.integers(2));
  }

  private List<String> step(String z, List<String> states) {
    String h = states.get(0);
    if (call.layer() instanceof GRU) {
      return new ArrayList<>(List.of(gru(z, h)));
    }

    String sum = body.op("Add", z, body.op("MatMul", h, call.weight("recurrent_kernel")));
    if (!(call.layer() instanceof LSTM)) {
      return new ArrayList<>(List.of(activation(sum)));
    }

    String kept = body.op("Mul", gate(part(sum, 1, 2)), states.get(1));
    String added = body.op("Mul", gate(part(sum, 0, 1)), activation(part(sum, 2, 3)));
    String cell = body.op("Add", kept, added);
    String output = body.op("Mul", gate(part(sum, 3, 4)), activation(cell));
    return new ArrayList<>(List.of(output, cell));
  }

  private String gru(String z, String h) {
    String ofState = body.op("MatMul", h, call.weight("recurrent_kernel"));
    float[] bias = call.hasWeight("bias") ? call.values("bias") : new float[0];
    boolean after = call.config().bool("reset_after", true);
    if (after && bias.length > 0) {
      float[] own = Arrays.copyOfRange(bias, 3 * units, 6 * units);
      ofState = body.op("Add", ofState, call.constant("state_bias", own, 3 * units));
    }

    String update = gate(body.op("Add", part(z, 0, 1), part(ofState, 0, 1)));
    String reset = gate(body.op("Add", part(z, 1, 2), part(ofState, 1, 2)));
    String old;
    if (after) {
      old = body.op("Mul", reset, part(ofState, 2, 3));
    } else {
      String kernel = part(call.weight("recurrent_kernel"), 2, 3);
      old = body.op("MatMul", body.op("Mul", reset, h), kernel);
    }

    String proposed = activation(body.op("Add", part(z, 2, 3), old));
    String stays = body.op("Mul", update, h);
    String comes = body.op("Mul", body.op("Sub", body.scalar(1), update), proposed);
    return body.op("Add", stays, comes);
  }

  /** Returns the columns of some gates. */
  private String part(String all, int first, int end) {
    return VectorOps.slice(body, all, first * units, end * units, 1);
  }

  private String gate(String sum) {
    return ActivationOps.apply(call, body, call.config().any("recurrent_activation"), sum);
  }

  private String activation(String sum) {
    return ActivationOps.apply(call, body, call.config().any("activation"), sum);
  }
}
