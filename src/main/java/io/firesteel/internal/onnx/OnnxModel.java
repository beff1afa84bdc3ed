package io.firesteel.internal.onnx;

import io.firesteel.internal.files.FileIO;
import io.firesteel.internal.files.LibraryVersion;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.PlacedCall;
import io.firesteel.layers.InputLayer;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network with its weights as an ONNX model of the operator set 18: what it predicts, without its
 * training. Inputs and outputs have the names of their layers, float32, and a batch of any size;
 * sparse inputs are dense ones there.
 */
public final class OnnxModel {

  /** The version of ONNX's operators. */
  public static final int OPSET = 18;

  /** The version of the file format that goes with them. */
  private static final int IR_VERSION = 8;

  private final Network network;
  private final VariableValues variables;
  private final OnnxGraph graph;
  private final List<String> tensors = new ArrayList<>();
  private final List<@Nullable String> masks = new ArrayList<>();
  private final Map<String, String> constants = new HashMap<>();

  private OnnxModel(Network network, VariableValues variables) {
    this.network = network;
    this.variables = variables;
    this.graph = new OnnxGraph(network.modelName());
  }

  /**
   * Writes a network in ONNX.
   *
   * @throws IllegalArgumentException if ONNX has no counterpart to a layer, naming all of them, or
   *     the weights are more than such a file holds
   */
  public static FileIO.Content of(Network network, VariableValues variables) {
    requireKnown(network);
    requireSize(network, variables);
    ProtoMessage message = new OnnxModel(network, variables).toMessage();
    requireSize(network, message.size());
    return message::writeTo;
  }

  private static void requireKnown(Network network) {
    List<String> unknown =
        network.calls().stream()
            .filter(call -> !LayerExporters.knows(call.layer()))
            .map(call -> "%s (%s)".formatted(call.path(), call.layer().getClass().getSimpleName()))
            .distinct()
            .toList();
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "export: the model %s has layers that can't be said in ONNX: %s. Those that can: %s"
              .formatted(network.modelName(), unknown, LayerExporters.classNames()));
    }
  }

  private static void requireSize(Network network, VariableValues variables) {
    long values = 0;
    for (float[] each : variables.values()) {
      values += each.length;
    }

    requireSize(network, Float.BYTES * values);
  }

  private static void requireSize(Network network, long bytes) {
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "export: an ONNX file holds at most 2 GB. The model %s needs %d bytes"
              .formatted(network.modelName(), bytes));
    }
  }

  private ProtoMessage toMessage() {
    List<String> inputs = new ArrayList<>();
    for (InputLayer input : network.inputs()) {
      inputs.add(graph.input(String.valueOf(input.name()), input.shape()));
    }

    for (PlacedCall call : network.calls()) {
      add(call, inputs);
    }

    network
        .outputs()
        .forEach(output -> graph.output(output.name(), tensors.get(output.node()), output.shape()));
    ProtoMessage opset = new ProtoMessage().text(1, "").integer(2, OPSET);
    return new ProtoMessage()
        .integer(1, IR_VERSION)
        .text(2, "firesteel")
        .text(3, LibraryVersion.current())
        .message(7, graph.toMessage())
        .message(8, opset);
  }

  private void add(PlacedCall placed, List<String> inputs) {
    List<String> read = new ArrayList<>();
    List<@Nullable String> readMasks = new ArrayList<>();
    for (int source : placed.sources()) {
      read.add(source < 0 ? inputs.get(-1 - source) : tensors.get(source));
      readMasks.add(source < 0 ? null : masks.get(source));
    }

    List<float[]> values = new ArrayList<>();
    for (int i = 0; i < placed.weights(); i++) {
      values.add(variables.values(placed.firstVariable() + i));
    }

    OnnxCall call =
        new OnnxCall(
            graph,
            placed.layer(),
            placed.path(),
            read,
            readMasks,
            placed.inputs(),
            values,
            constants,
            placed.options());
    if (placed.losesMask()) {
      throw call.refused("another layer of attention has taken the mask off its input");
    }

    tensors.add(LayerExporters.export(call));
    masks.add(MaskOps.of(call, placed.mask()));
  }
}
