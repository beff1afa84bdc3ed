package io.firesteel.internal.onnx;

import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.Map;

/** Convolutions other than the plain one: transposed, depthwise, separable. */
final class KernelOps {

  private KernelOps() {}

  static String depthwise(OnnxCall call) {
    String sums = SpaceOps.channelsFirst(call, x -> depthwise(call, x, "kernel", true));
    return ActivationOps.apply(call, sums);
  }

  /** A convolution of each channel, then one of a single pixel. */
  static String separable(OnnxCall call) {
    String sums =
        SpaceOps.channelsFirst(
            call,
            x -> {
              String middle = depthwise(call, x, "depthwise_kernel", false);
              Map<String, int[]> attributes = Map.of("kernel_shape", ones(call));
              String kernel = turned(call, "pointwise_kernel", false);
              return convolve(call, "Conv", attributes, middle, kernel, true);
            });
    return ActivationOps.apply(call, sums);
  }

  private static int[] ones(OnnxCall call) {
    return SpaceOps.integers(call, "kernel_size").length == 1 ? new int[] {1} : new int[] {1, 1};
  }

  private static String depthwise(OnnxCall call, String x, String name, boolean last) {
    int[] kernel = SpaceOps.integers(call, "kernel_size");
    int[] strides = SpaceOps.integers(call, "strides");
    int[] dilations = SpaceOps.integers(call, "dilation_rate");
    Map<String, Object> attributes =
        Map.of(
            "kernel_shape", kernel,
            "strides", strides,
            "dilations", dilations,
            "group", call.shapeOf(name).dim(kernel.length),
            "pads", SpaceOps.pads(call, kernel, strides, dilations));
    return convolve(call, "Conv", attributes, x, turned(call, name, true), last);
  }

  private static String convolve(
      OnnxCall call,
      String type,
      Map<String, ?> attributes,
      String x,
      String kernel,
      boolean last) {
    return last && call.config().bool("use_bias")
        ? call.graph().op(type, attributes, x, kernel, call.weight("bias"))
        : call.graph().op(type, attributes, x, kernel);
  }

  /**
   * Returns Keras's kernel, places x a x b, with the places last.
   *
   * @param grouped whether it becomes ab x 1 x places, for one group a channel; else b x a x places
   */
  private static String turned(OnnxCall call, String name, boolean grouped) {
    Shape shape = call.shapeOf(name);
    int axes = shape.rank() - 2;
    int first = shape.dim(axes);
    int second = shape.dim(axes + 1);
    int places = shape.size() / (first * second);
    float[] given = call.values(name);
    float[] moved = new float[given.length];
    for (int i = 0; i < given.length; i++) {
      int place = i / (first * second);
      int a = i / second % first;
      int b = i % second;
      moved[(grouped ? a * second + b : b * first + a) * places + place] = given[i];
    }

    int[] order = new int[axes + 2];
    order[0] = grouped ? first * second : second;
    order[1] = grouped ? 1 : first;
    System.arraycopy(shape.dims(), 0, order, 2, axes);
    return call.constant(name, moved, order);
  }

  /** Padding takes away from the output, at its end only as much as there is. */
  static String transposed(OnnxCall call) {
    int[] kernel = SpaceOps.integers(call, "kernel_size");
    int[] strides = SpaceOps.integers(call, "strides");
    int[] dilations = SpaceOps.integers(call, "dilation_rate");
    int first = ChannelOrder.isFirst(call) ? 1 : 0;
    int axes = kernel.length;
    int[] pads = new int[2 * axes];
    int[] more = new int[axes];
    for (int i = 0; i < axes; i++) {
      int window = (kernel[i] - 1) * dilations[i] + 1;
      int whole = (call.shape().dim(first + i) - 1) * strides[i] + window;
      pads[i] = before(call, window, strides[i], i);
      int behind = whole - pads[i] - call.output().dim(first + i);
      pads[axes + i] = Math.max(behind, 0);
      more[i] = Math.max(-behind, 0);
    }

    Map<String, int[]> attributes =
        Map.of(
            "kernel_shape", kernel,
            "strides", strides,
            "dilations", dilations,
            "pads", pads,
            "output_padding", more);
    String weight = turned(call, "kernel", false);
    String sums =
        SpaceOps.channelsFirst(
            call, x -> convolve(call, "ConvTranspose", attributes, x, weight, true));
    return ActivationOps.apply(call, sums);
  }

  /** Returns how many places the padding takes away before the output, as Keras on JAX does. */
  private static int before(OnnxCall call, int window, int stride, int axis) {
    if (call.config().string("padding").equals("valid")) {
      return 0;
    }

    int sum =
        call.config().any("output_padding") instanceof List<?> more
            ? window + window % 2 - 2 + ((Number) more.get(axis)).intValue()
            : stride + window - 2;
    return window - 1 - Math.min(sum / 2 + sum % 2, window - 1);
  }
}
