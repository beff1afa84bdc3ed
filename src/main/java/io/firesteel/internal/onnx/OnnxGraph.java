package io.firesteel.internal.onnx;

import io.firesteel.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An ONNX graph under construction. Tensors go by names, which each operator returns; the first
 * dimension of what depends on the rows is the batch, of any size.
 *
 * <p>Source: ONNX, onnx/onnx.proto and docs/IR.md.
 */
final class OnnxGraph {

  /** The name of the batch's dimension. */
  static final String BATCH = "batch";

  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private final List<ProtoMessage> nodes = new ArrayList<>();
  private final List<ProtoMessage> initializers = new ArrayList<>();
  private final List<ProtoMessage> inputs = new ArrayList<>();
  private final List<ProtoMessage> outputs = new ArrayList<>();
  private final Map<String, String> constants = new HashMap<>();
  private final Set<String> names;
  private final String name;
  private String scope = "";

  OnnxGraph(String name) {
    this(name, new HashSet<>());
  }

  private OnnxGraph(String name, Set<String> names) {
    this.name = name;
    this.names = names;
  }

  /** Returns a graph for an attribute, which sees the tensors of this one. */
  OnnxGraph inner(String innerName) {
    OnnxGraph graph = new OnnxGraph(innerName, names);
    graph.scope = scope;
    return graph;
  }

  /** Sets what the names of tensors begin with from now on. */
  void scope(String value) {
    scope = value;
  }

  /** Adds an input of floats; the first dimension of a row's shape is the batch. */
  String input(String wanted, Shape row) {
    String input = unique(wanted);
    inputs.add(valueInfo(input, row));
    return input;
  }

  /** Adds an output of floats under a name of its own. */
  String output(String wanted, String tensor, Shape row) {
    String output = unique(wanted);
    node("Identity", List.of(tensor), output, Map.of());
    outputs.add(valueInfo(output, row));
    return output;
  }

  private static ProtoMessage valueInfo(String name, Shape row) {
    ProtoMessage shape = new ProtoMessage().message(1, new ProtoMessage().text(2, BATCH));
    for (int dim : row.dims()) {
      shape.message(1, new ProtoMessage().integer(1, dim));
    }

    ProtoMessage tensor = new ProtoMessage().integer(1, FLOAT).message(2, shape);
    return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
  }

  /** Adds an input of an inner graph, whose type follows from where it is used. */
  String innerInput(String wanted) {
    String input = unique(wanted);
    inputs.add(new ProtoMessage().text(1, input));
    return input;
  }

  /** Adds an output of an inner graph. */
  void innerOutput(String tensor) {
    outputs.add(new ProtoMessage().text(1, tensor));
  }

  /** Adds an operator of one output without attributes, and returns the output. */
  String op(String type, String... arguments) {
    return op(type, Map.of(), arguments);
  }

  /** Adds an operator of one output, and returns it. An input "" is left out. */
  String op(String type, Map<String, ?> attributes, String... arguments) {
    String output = unique(scope + "/" + type);
    node(type, Arrays.asList(arguments), output, attributes);
    return output;
  }

  /** Adds an operator and returns its outputs. */
  List<String> ops(String type, int count, Map<String, ?> attributes, String... arguments) {
    List<String> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      results.add(unique(scope + "/" + type));
    }

    ProtoMessage node = new ProtoMessage();
    Arrays.asList(arguments).forEach(argument -> node.text(1, argument));
    results.forEach(result -> node.text(2, result));
    finish(node, type, results.get(0), attributes);
    return results;
  }

  private void node(String type, List<String> arguments, String output, Map<String, ?> attributes) {
    ProtoMessage node = new ProtoMessage();
    arguments.forEach(argument -> node.text(1, argument));
    node.text(2, output);
    finish(node, type, output, attributes);
  }

  private void finish(ProtoMessage node, String type, String nodeName, Map<String, ?> attributes) {
    node.text(3, nodeName).text(4, type);
    new TreeMap<>(attributes).forEach((key, value) -> node.message(5, attribute(key, value)));
    nodes.add(node);
  }

  private static ProtoMessage attribute(String name, Object value) {
    ProtoMessage attribute = new ProtoMessage().text(1, name);
    if (value instanceof Float number) {
      return attribute.number(2, number).integer(20, 1);
    }

    if (value instanceof Integer number) {
      return attribute.integer(3, number).integer(20, 2);
    }

    if (value instanceof String text) {
      return attribute.text(4, text).integer(20, 3);
    }

    if (value instanceof OnnxGraph graph) {
      return attribute.message(6, graph.toMessage()).integer(20, 5);
    }

    if (value instanceof float[] numbers) {
      for (float number : numbers) {
        attribute.number(7, number);
      }

      return attribute.integer(20, 6);
    }

    if (value instanceof int[] numbers) {
      for (int number : numbers) {
        attribute.integer(8, number);
      }

      return attribute.integer(20, 7);
    }

    if (value instanceof String[] texts) {
      for (String text : texts) {
        attribute.text(9, text);
      }

      return attribute.integer(20, 8);
    }

    throw new IllegalArgumentException("No attribute of ONNX: " + name + "=" + value);
  }

  /** Adds constant floats. */
  String floats(String wanted, float[] values, int... dims) {
    ByteBuffer bytes = bytes(4 * values.length);
    bytes.asFloatBuffer().put(values);
    return initializer(wanted, FLOAT, bytes, dims);
  }

  /** Returns a constant float. */
  String scalar(float value) {
    return constants.computeIfAbsent(
        "float " + Float.floatToIntBits(value), key -> floats("constant", new float[] {value}));
  }

  /** Returns a vector of constant integers. */
  String integers(int... values) {
    return constants.computeIfAbsent(
        "integers " + Arrays.toString(values),
        key -> {
          ByteBuffer bytes = bytes(8 * values.length);
          for (int value : values) {
            bytes.putLong(value);
          }

          return initializer("constant", INT64, bytes, values.length);
        });
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String initializer(String wanted, int type, ByteBuffer bytes, int... dims) {
    String initializer = unique(wanted);
    ProtoMessage tensor = new ProtoMessage();
    for (int dim : dims) {
      tensor.integer(1, dim);
    }

    tensor.integer(2, type).text(8, initializer).bytes(9, bytes.array());
    initializers.add(tensor);
    return initializer;
  }

  private String unique(String wanted) {
    String free = wanted;
    for (int i = 1; !names.add(free); i++) {
      free = wanted + "_" + i;
    }

    return free;
  }

  /** Returns rows in another shape. */
  String reshape(String tensor, Shape row) {
    int[] dims = new int[row.rank() + 1];
    dims[0] = -1;
    System.arraycopy(row.dims(), 0, dims, 1, row.rank());
    return op("Reshape", tensor, integers(dims));
  }

  /** Returns a tensor with its dimensions in another order. */
  String transpose(String tensor, int... order) {
    return op("Transpose", Map.of("perm", order), tensor);
  }

  /** Returns the graph as ONNX's GraphProto. */
  ProtoMessage toMessage() {
    ProtoMessage graph = new ProtoMessage();
    nodes.forEach(node -> graph.message(1, node));
    graph.text(2, name);
    initializers.forEach(tensor -> graph.message(5, tensor));
    inputs.forEach(input -> graph.message(11, input));
    outputs.forEach(output -> graph.message(12, output));
    return graph;
  }
}
