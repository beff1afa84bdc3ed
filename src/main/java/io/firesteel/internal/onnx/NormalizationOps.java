package io.firesteel.internal.onnx;

import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Normalizing layers, and softmax along any axes. */
final class NormalizationOps {

  private static final float SMALLEST = 1e-7f;
  private static final float LEAST_SQUARES = 1e-12f;
  private static final Map<String, Integer> KEEP = Map.of("keepdims", 1);

  private NormalizationOps() {}

  /** Moving mean and variance are constants, so that a factor and a summand for each are left. */
  static String batch(OnnxCall call) {
    float[] mean = call.values("moving_mean");
    float[] variance = call.values("moving_variance");
    float epsilon = (float) call.config().number("epsilon");
    float[] factor = new float[mean.length];
    float[] summand = new float[mean.length];
    for (int i = 0; i < mean.length; i++) {
      float inverse = 1.0f / FloatOps.sqrt(variance[i] + epsilon);
      factor[i] = call.hasWeight("gamma") ? inverse * call.values("gamma")[i] : inverse;
      summand[i] = -mean[i] * factor[i] + (call.hasWeight("beta") ? call.values("beta")[i] : 0);
    }

    OnnxGraph graph = call.graph();
    int[] dims = alongAxes(call);
    String scaled = graph.op("Mul", call.input(), call.constant("factor", factor, dims));
    return graph.op("Add", scaled, call.constant("summand", summand, dims));
  }

  /** Returns the extents of a row at the layer's axes, 1 at the others. */
  private static int[] alongAxes(OnnxCall call) {
    int[] dims = new int[call.shape().rank()];
    Arrays.fill(dims, 1);
    for (int axis : VectorOps.axes(call)) {
      dims[axis - 1] = call.shape().dim(axis - 1);
    }

    return dims;
  }

  static String layer(OnnxCall call) {
    OnnxGraph graph = call.graph();
    String axes = graph.integers(VectorOps.axes(call));
    String x = call.input();
    String centered = graph.op("Sub", x, graph.op("ReduceMean", KEEP, x, axes));
    String variance = graph.op("ReduceMean", KEEP, graph.op("Mul", centered, centered), axes);
    String deviation = root(call, variance);
    String shifted = call.config().bool("rms_scaling", false) ? x : centered;
    return scaledAndShifted(call, graph.op("Div", shifted, deviation));
  }

  /** Multiplies by the weight gamma and adds the weight beta, those of them that there are. */
  private static String scaledAndShifted(OnnxCall call, String normal) {
    String y = normal;
    for (String name : List.of("gamma", "beta")) {
      if (call.hasWeight(name)) {
        String weight = call.constant(name, call.values(name), alongAxes(call));
        y = call.graph().op(name.equals("gamma") ? "Mul" : "Add", y, weight);
      }
    }

    return y;
  }

  /** Groups of channels: rows of (places before, groups, channels, places behind the axis). */
  static String group(OnnxCall call) {
    OnnxGraph graph = call.graph();
    int axis = VectorOps.axes(call)[0] - 1;
    int[] dims = call.shape().dims();
    long given = call.config().integer("groups");
    int count = given == -1 ? dims[axis] : (int) given;
    int before = Shape.of(Arrays.copyOf(dims, axis)).size();
    int behind = call.shape().size() / before / dims[axis];
    Shape grouped = Shape.of(before, count, dims[axis] / count, behind);
    String x = graph.reshape(call.input(), grouped);
    String places = graph.integers(1, 3, 4);
    String centered = graph.op("Sub", x, graph.op("ReduceMean", KEEP, x, places));
    String variance = graph.op("ReduceMean", KEEP, graph.op("Mul", centered, centered), places);
    String normal = graph.op("Div", centered, root(call, variance));
    return scaledAndShifted(call, graph.reshape(normal, call.shape()));
  }

  static String rootMeanSquare(OnnxCall call) {
    OnnxGraph graph = call.graph();
    String x = call.input();
    String axes = graph.integers(VectorOps.axes(call));
    String mean = graph.op("ReduceMean", KEEP, graph.op("Mul", x, x), axes);
    return graph.op("Mul", graph.op("Div", x, root(call, mean)), call.weight("scale"));
  }

  private static String root(OnnxCall call, String squares) {
    OnnxGraph graph = call.graph();
    String epsilon = graph.scalar((float) call.config().number("epsilon"));
    return graph.op("Sqrt", graph.op("Add", squares, epsilon));
  }

  static String unit(OnnxCall call) {
    return unit(call.graph(), call.input(), VectorOps.axes(call));
  }

  /** Returns vectors along axes with a length of 1. */
  static String unit(OnnxGraph graph, String x, int... axes) {
    String squares = graph.op("ReduceSum", KEEP, graph.op("Mul", x, x), graph.integers(axes));
    String length = graph.op("Sqrt", graph.op("Max", squares, graph.scalar(LEAST_SQUARES)));
    return graph.op("Div", x, length);
  }

  static String normalization(OnnxCall call) {
    OnnxGraph graph = call.graph();
    float[] mean = moments(call, "mean");
    float[] deviation = moments(call, "variance").clone();
    for (int i = 0; i < deviation.length; i++) {
      deviation[i] = Math.max(FloatOps.sqrt(deviation[i]), SMALLEST);
    }

    boolean none = call.config().any("axis") instanceof List<?> list && list.isEmpty();
    int[] dims = none ? new int[0] : alongAxes(call);
    String means = constant(call, "mean", mean, dims);
    String deviations = constant(call, "deviation", deviation, dims);
    return call.config().bool("invert", false)
        ? graph.op("Add", means, graph.op("Mul", call.input(), deviations))
        : graph.op("Div", graph.op("Sub", call.input(), means), deviations);
  }

  private static String constant(OnnxCall call, String name, float[] values, int[] dims) {
    return values.length == 1
        ? call.constant(name, values)
        : call.constant(
            name,
            values,
            values.length == Shape.of(dims).size() ? dims : new int[] {values.length});
  }

  private static float[] moments(OnnxCall call, String name) {
    Object given = call.config().any(name);
    return given == null ? call.values(name) : numbers(given);
  }

  private static float[] numbers(@Nullable Object given) {
    List<?> list = given instanceof List<?> several ? several : List.of((Number) given);
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      if (list.get(i) instanceof Number number) {
        values[i] = number.floatValue();
      }
    }

    return values;
  }

  static String softmax(OnnxCall call) {
    OnnxGraph graph = call.graph();
    if (call.inputs().size() == 1) {
      return softmax(call, call.input());
    }

    String counts = graph.op("Greater", call.inputs().get(1), graph.scalar(0.5f));
    String low = graph.op("Where", counts, call.input(), graph.scalar(-Float.MAX_VALUE / 2));
    return graph.op("Where", counts, softmax(call, low), graph.scalar(0));
  }

  private static String softmax(OnnxCall call, String x) {
    OnnxGraph graph = call.graph();
    int[] axes = VectorOps.axes(call);
    if (axes.length == 1) {
      return graph.op("Softmax", Map.of("axis", axes[0]), x);
    }

    String places = graph.integers(axes);
    String max = graph.op("ReduceMax", KEEP, x, places);
    String powers = graph.op("Exp", graph.op("Sub", x, max));
    return graph.op("Div", powers, graph.op("ReduceSum", KEEP, powers, places));
  }
}
