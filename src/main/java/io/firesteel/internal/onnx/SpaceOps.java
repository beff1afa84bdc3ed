package io.firesteel.internal.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Layers of images and of sequences: convolutions, pooling, padding, cropping, repetition. */
final class SpaceOps {

  private SpaceOps() {}

  /** Says the layer in operators that have the channels first. */
  static String channelsFirst(OnnxCall call, UnaryOperator<String> operators) {
    if (ChannelOrder.isFirst(call)) {
      return operators.apply(call.input());
    }

    int space = call.shape().rank() - 1;
    String x = ChannelOrder.toFirst(call.graph(), call.input(), space);
    return ChannelOrder.toLast(call.graph(), operators.apply(x), space);
  }

  /** Returns the extents of a row's places in space. */
  private static int[] space(OnnxCall call) {
    int[] dims = call.shape().dims();
    return ChannelOrder.isFirst(call)
        ? Arrays.copyOfRange(dims, 1, dims.length)
        : Arrays.copyOf(dims, dims.length - 1);
  }

  static int[] integers(OnnxCall call, String key) {
    return call.config().list(key).stream().mapToInt(n -> ((Number) n).intValue()).toArray();
  }

  static String convolution(OnnxCall call) {
    int[] kernel = integers(call, "kernel_size");
    int[] strides = integers(call, "strides");
    int[] dilations = integers(call, "dilation_rate");
    Map<String, Object> attributes =
        Map.of(
            "kernel_shape", kernel,
            "strides", strides,
            "dilations", dilations,
            "group", call.config().size("groups", 1),
            "pads", pads(call, kernel, strides, dilations));
    OnnxGraph graph = call.graph();
    String weight = kernel(call);
    String sums =
        channelsFirst(
            call,
            x ->
                call.config().bool("use_bias")
                    ? graph.op("Conv", attributes, x, weight, call.weight("bias"))
                    : graph.op("Conv", attributes, x, weight));
    return ActivationOps.apply(call, sums);
  }

  /** Returns Keras's kernel, places x inputs x outputs, as outputs x inputs x places. */
  private static String kernel(OnnxCall call) {
    int[] dims = call.shapeOf("kernel").dims();
    int inputs = dims[dims.length - 2];
    int outputs = dims[dims.length - 1];
    float[] given = call.values("kernel");
    int places = given.length / (inputs * outputs);
    float[] moved = new float[given.length];
    for (int p = 0; p < places; p++) {
      for (int i = 0; i < inputs; i++) {
        for (int o = 0; o < outputs; o++) {
          moved[(o * inputs + i) * places + p] = given[(p * inputs + i) * outputs + o];
        }
      }
    }

    int[] order = new int[dims.length];
    order[0] = outputs;
    order[1] = inputs;
    System.arraycopy(dims, 0, order, 2, dims.length - 2);
    return call.constant("kernel", moved, order);
  }

  /** Returns how much is added before and behind each axis in space. */
  static int[] pads(OnnxCall call, int[] kernel, int[] strides, int[] dilations) {
    int[] space = space(call);
    int[] pads = new int[2 * space.length];
    String padding = call.config().string("padding");
    for (int i = 0; i < space.length; i++) {
      int reach = (kernel[i] - 1) * dilations[i];
      if (padding.equals("causal")) {
        pads[i] = reach;
      } else if (padding.equals("same")) {
        int outputs = (space[i] + strides[i] - 1) / strides[i];
        int total = Math.max((outputs - 1) * strides[i] + reach + 1 - space[i], 0);
        pads[i] = total / 2;
        pads[space.length + i] = total - total / 2;
      }
    }

    return pads;
  }

  static String maxPooling(OnnxCall call) {
    return pooling(call, "MaxPool");
  }

  static String averagePooling(OnnxCall call) {
    return pooling(call, "AveragePool");
  }

  private static String pooling(OnnxCall call, String type) {
    int[] pool = integers(call, "pool_size");
    int[] strides = integers(call, "strides");
    int[] dilations = new int[pool.length];
    Arrays.fill(dilations, 1);
    Map<String, Object> attributes =
        Map.of(
            "kernel_shape", pool,
            "strides", strides,
            "pads", pads(call, pool, strides, dilations));
    return channelsFirst(call, x -> call.graph().op(type, attributes, x));
  }

  static String globalMaximum(OnnxCall call) {
    return global(call, "ReduceMax");
  }

  static String globalAverage(OnnxCall call) {
    return call.mask() == null ? global(call, "ReduceMean") : maskedMean(call);
  }

  private static String global(OnnxCall call, String type) {
    int keep = call.config().bool("keepdims", false) ? 1 : 0;
    OnnxGraph graph = call.graph();
    return graph.op(type, Map.of("keepdims", keep), call.input(), graph.integers(spaceAxes(call)));
  }

  private static int[] spaceAxes(OnnxCall call) {
    int[] axes = new int[call.shape().rank() - 1];
    int first = ChannelOrder.isFirst(call) ? 2 : 1;
    for (int i = 0; i < axes.length; i++) {
      axes[i] = first + i;
    }

    return axes;
  }

  /** The mean over the steps that count. */
  private static String maskedMean(OnnxCall call) {
    OnnxGraph graph = call.graph();
    boolean first = ChannelOrder.isFirst(call);
    String steps = MaskOps.asFloats(graph, String.valueOf(call.mask()));
    String factors = graph.op("Unsqueeze", steps, graph.integers(first ? 1 : 2));
    Map<String, Integer> keep = Map.of("keepdims", call.config().bool("keepdims", false) ? 1 : 0);
    String axes = graph.integers(spaceAxes(call));
    String sum = graph.op("ReduceSum", keep, graph.op("Mul", call.input(), factors), axes);
    return graph.op("Div", sum, graph.op("ReduceSum", keep, factors, axes));
  }

  static String zeroPadding(OnnxCall call) {
    int[][] margins = margins(call, "padding");
    int rank = call.shape().rank() + 1;
    int first = ChannelOrder.isFirst(call) ? 2 : 1;
    int[] pads = new int[2 * rank];
    for (int i = 0; i < margins.length; i++) {
      pads[first + i] = margins[i][0];
      pads[rank + first + i] = margins[i][1];
    }

    return call.graph().op("Pad", call.input(), call.graph().integers(pads));
  }

  static String cropping(OnnxCall call) {
    int[][] margins = margins(call, "cropping");
    int[] space = space(call);
    int first = ChannelOrder.isFirst(call) ? 2 : 1;
    String x = call.input();
    for (int i = 0; i < margins.length; i++) {
      x = VectorOps.slice(call.graph(), x, margins[i][0], space[i] - margins[i][1], first + i);
    }

    return x;
  }

  /** Returns what is before and behind each axis: a config has one pair, or a pair for each. */
  private static int[][] margins(OnnxCall call, String key) {
    List<?> given = call.config().list(key);
    List<?> pairs = given.get(0) instanceof List<?> ? given : List.of(given);
    int[][] margins = new int[pairs.size()][];
    for (int i = 0; i < margins.length; i++) {
      margins[i] =
          ((List<?>) pairs.get(i)).stream().mapToInt(n -> ((Number) n).intValue()).toArray();
    }

    return margins;
  }

  /** Repeats steps. */
  static String repeatedSteps(OnnxCall call) {
    OnnxGraph graph = call.graph();
    String steps = graph.op("Unsqueeze", call.input(), graph.integers(2));
    String tiles = graph.integers(1, 1, call.config().size("size", 1), 1);
    return graph.reshape(graph.op("Tile", steps, tiles), call.output());
  }

  /**
   * Repeats rows and columns, or interpolates between them, of which those outside do not count.
   */
  static String upSampling(OnnxCall call) {
    String interpolation = call.config().string("interpolation", "nearest");
    Map<String, ?> attributes =
        switch (interpolation) {
          case "nearest" ->
              Map.of(
                  "mode", "nearest",
                  "nearest_mode", "floor",
                  "coordinate_transformation_mode", "asymmetric");
          case "bilinear" -> Map.of("mode", "linear");
          case "bicubic" -> Map.of("mode", "cubic", "cubic_coeff_a", -0.5f, "exclude_outside", 1);
          default -> throw call.refused("interpolation is " + interpolation);
        };
    int[] size = integers(call, "size");
    OnnxGraph graph = call.graph();
    float[] factors = new float[2 + size.length];
    Arrays.fill(factors, 1);
    for (int i = 0; i < size.length; i++) {
      factors[2 + i] = size[i];
    }

    String scales = call.constant("scales", factors, factors.length);
    return channelsFirst(call, x -> graph.op("Resize", attributes, x, "", scales));
  }
}
