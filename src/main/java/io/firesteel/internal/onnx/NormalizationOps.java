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
    String epsilon = graph.scalar((float) call.config().number("epsilon"));
    String deviation = graph.op("Sqrt", graph.op("Add", variance, epsilon));
    String shifted = call.config().bool("rms_scaling", false) ? x : centered;
    String y = graph.op("Div", shifted, deviation);
    for (String name : List.of("gamma", "beta")) {
      if (call.hasWeight(name)) {
        String weight = call.constant(name, call.values(name), alongAxes(call));
        y = graph.op(name.equals("gamma") ? "Mul" : "Add", y, weight);
      }
    }

    return y;
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
    int[] axes = VectorOps.axes(call);
    if (axes.length == 1) {
      return graph.op("Softmax", Map.of("axis", axes[0]), call.input());
    }

    String places = graph.integers(axes);
    String max = graph.op("ReduceMax", KEEP, call.input(), places);
    String powers = graph.op("Exp", graph.op("Sub", call.input(), max));
    return graph.op("Div", powers, graph.op("ReduceSum", KEEP, powers, places));
  }
}
