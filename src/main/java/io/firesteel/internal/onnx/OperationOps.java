package io.firesteel.internal.onnx;

import io.firesteel.saving.ConfigReader;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keras's functions of each value for itself, and its sums along axes. */
final class OperationOps {

  private OperationOps() {}

  static String elementwise(OnnxCall call) {
    ConfigReader config = call.config();
    OnnxGraph graph = call.graph();
    String x = call.input();
    String kind = config.string("operation");
    return switch (kind) {
      case "Absolute" -> graph.op("Abs", x);
      case "Square" -> graph.op("Mul", x, x);
      case "Rsqrt" -> graph.op("Reciprocal", graph.op("Sqrt", x));
      case "Log1p" -> graph.op("Log", graph.op("Add", x, graph.scalar(1)));
      case "Expm1" -> graph.op("Sub", graph.op("Exp", x), graph.scalar(1));
      case "Power" -> graph.op("Pow", x, graph.scalar((float) config.number("exponent")));
      case "Clip" ->
          graph.op("Clip", x, bound(graph, config, "x_min"), bound(graph, config, "x_max"));
      case "Sqrt", "Reciprocal", "Log", "Sin", "Cos" -> graph.op(kind, x);
      default -> throw call.refused("its operation is " + kind);
    };
  }

  /** Returns a bound, or "" for none. */
  private static String bound(OnnxGraph graph, ConfigReader config, String key) {
    @Nullable Double bound = config.nullableNumber(key, null);
    return bound == null ? "" : graph.scalar((float) (double) bound);
  }

  static String reduction(OnnxCall call) {
    Map<String, Integer> keep = Map.of("keepdims", call.config().bool("keepdims", false) ? 1 : 0);
    OnnxGraph graph = call.graph();
    String axes = graph.integers(VectorOps.axes(call));
    return graph.op("Reduce" + call.config().string("operation"), keep, call.input(), axes);
  }
}
