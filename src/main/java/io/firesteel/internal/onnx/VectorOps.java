package io.firesteel.internal.onnx;

import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Layers of the last axis, and changes of a row's shape. */
final class VectorOps {

  private static final int INT64 = 7;

  private VectorOps() {}

  static String einsum(OnnxCall call) {
    OnnxGraph graph = call.graph();
    Map<String, String> attributes = Map.of("equation", call.config().string("equation"));
    String sums = graph.op("Einsum", attributes, call.input(), call.weight("kernel"));
    boolean biased = call.config().any("bias_axes") != null;
    return ActivationOps.apply(call, biased ? graph.op("Add", sums, call.weight("bias")) : sums);
  }

  static String dense(OnnxCall call) {
    OnnxGraph graph = call.graph();
    String sum = graph.op("MatMul", call.input(), call.weight("kernel"));
    if (call.config().bool("use_bias")) {
      sum = graph.op("Add", sum, call.weight("bias"));
    }

    return ActivationOps.apply(call, sum);
  }

  static String embedding(OnnxCall call) {
    OnnxGraph graph = call.graph();
    if (call.isReverse()) {
      boolean tied = !call.hasWeight("reverse_embeddings");
      String kernel =
          tied
              ? graph.transpose(call.weight("embeddings"), 1, 0)
              : call.weight("reverse_embeddings");
      String scores = graph.op("MatMul", call.input(), kernel);
      Double cap = call.config().nullableNumber("logit_soft_cap", null);
      if (cap == null) {
        return scores;
      }

      String most = graph.scalar((float) (double) cap);
      return graph.op("Mul", graph.op("Tanh", graph.op("Div", scores, most)), most);
    }

    String ids = graph.op("Cast", Map.of("to", INT64), call.input());
    return graph.op("Gather", Map.of("axis", 0), call.weight("embeddings"), ids);
  }

  static String prelu(OnnxCall call) {
    return call.graph().op("PRelu", call.input(), call.weight("alpha"));
  }

  static String rescaling(OnnxCall call) {
    OnnxGraph graph = call.graph();
    String scaled = graph.op("Mul", call.input(), numbers(call, "scale"));
    return graph.op("Add", scaled, numbers(call, "offset"));
  }

  /** Returns a number, or one for each place of the last axis. */
  private static String numbers(OnnxCall call, String key) {
    Object given = call.config().any(key);
    List<?> list = given instanceof List<?> several ? several : List.of(call.config().number(key));
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((Number) list.get(i)).floatValue();
    }

    return values.length == 1
        ? call.graph().scalar(values[0])
        : call.constant(key, values, values.length);
  }

  static String flatten(OnnxCall call) {
    Shape shape = call.shape();
    String x = call.input();
    if (shape.rank() > 1 && ChannelOrder.isFirst(call)) {
      x = ChannelOrder.toLast(call.graph(), x, shape.rank() - 1);
    }

    return call.graph().reshape(x, call.output());
  }

  static String reshape(OnnxCall call) {
    return call.graph().reshape(call.input(), call.output());
  }

  static String permute(OnnxCall call) {
    List<?> dims = call.config().list("dims");
    int[] order = new int[dims.size() + 1];
    for (int i = 1; i < order.length; i++) {
      order[i] = ((Number) dims.get(i - 1)).intValue();
    }

    return call.graph().transpose(call.input(), order);
  }

  static String repeatVector(OnnxCall call) {
    OnnxGraph graph = call.graph();
    String one = graph.op("Unsqueeze", call.input(), graph.integers(1));
    return graph.op("Tile", one, graph.integers(1, call.config().size("n", 1), 1));
  }

  /** The products of each two vectors of a row of shape (fields, k). */
  static String fmInteraction(OnnxCall call) {
    OnnxGraph graph = call.graph();
    String x = call.input();
    String squares =
        graph.op("ReduceSum", Map.of("keepdims", 0), graph.op("Mul", x, x), graph.integers(1));
    String sum = graph.op("ReduceSum", Map.of("keepdims", 0), x, graph.integers(1));
    String products = graph.op("Sub", graph.op("Mul", sum, sum), squares);
    String all = graph.op("ReduceSum", Map.of("keepdims", 1), products, graph.integers(1));
    return graph.op("Mul", all, graph.scalar(0.5f));
  }

  /** Returns the places from {@code first} to before {@code end} along an axis. */
  static String slice(OnnxGraph graph, String x, int first, int end, int axis) {
    return graph.op("Slice", x, graph.integers(first), graph.integers(end), graph.integers(axis));
  }

  /** Returns the places of several axes, from 1 on, as an AND of what a config says. */
  static int[] axes(OnnxCall call) {
    Object given = call.config().any("axis");
    List<?> list =
        given instanceof List<?> several ? several : List.of(call.config().integer("axis"));
    int rank = call.shape().rank() + 1;
    int[] axes = list.stream().mapToInt(axis -> ((Number) axis).intValue()).toArray();
    for (int i = 0; i < axes.length; i++) {
      axes[i] = axes[i] < 0 ? axes[i] + rank : axes[i];
    }

    Arrays.sort(axes);
    return axes;
  }
}
