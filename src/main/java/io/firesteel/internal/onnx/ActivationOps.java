package io.firesteel.internal.onnx;

import static java.util.Map.entry;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Activation functions, by name or as layers, in ONNX's operators. */
final class ActivationOps {

  private static final float SELU_ALPHA = 1.6732632f;
  private static final float SELU_SCALE = 1.050701f;
  private static final float SQRT_HALF = 0.70710677f;

  private static final Map<String, BiFunction<OnnxGraph, String, String>> BY_NAME =
      Map.ofEntries(
          entry("linear", (g, x) -> x),
          entry("relu", (g, x) -> g.op("Relu", x)),
          entry("sigmoid", (g, x) -> g.op("Sigmoid", x)),
          entry("tanh", (g, x) -> g.op("Tanh", x)),
          entry("softmax", (g, x) -> g.op("Softmax", Map.of("axis", -1), x)),
          entry("log_softmax", (g, x) -> g.op("LogSoftmax", Map.of("axis", -1), x)),
          entry("relu6", (g, x) -> clip(g, x, 0, 6)),
          entry("leaky_relu", (g, x) -> g.op("LeakyRelu", Map.of("alpha", 0.2f), x)),
          entry("elu", (g, x) -> g.op("Elu", Map.of("alpha", 1f), x)),
          entry("celu", (g, x) -> g.op("Elu", Map.of("alpha", 1f), x)),
          entry(
              "selu", (g, x) -> g.op("Selu", Map.of("alpha", SELU_ALPHA, "gamma", SELU_SCALE), x)),
          entry("gelu", ActivationOps::gelu),
          entry("silu", (g, x) -> g.op("Mul", x, g.op("Sigmoid", x))),
          entry("hard_silu", (g, x) -> g.op("HardSwish", x)),
          entry("mish", (g, x) -> g.op("Mul", x, g.op("Tanh", g.op("Softplus", x)))),
          entry("softplus", (g, x) -> g.op("Softplus", x)),
          entry("squareplus", ActivationOps::squareplus),
          entry("sparse_plus", ActivationOps::sparsePlus),
          entry(
              "hard_sigmoid",
              (g, x) -> g.op("HardSigmoid", Map.of("alpha", 1f / 6f, "beta", 0.5f), x)),
          entry("sparse_sigmoid", ActivationOps::sparseSigmoid),
          entry("log_sigmoid", (g, x) -> g.op("Neg", g.op("Softplus", g.op("Neg", x)))),
          entry("hard_tanh", (g, x) -> clip(g, x, -1, 1)),
          entry("tanh_shrink", (g, x) -> g.op("Sub", x, g.op("Tanh", x))),
          entry("soft_shrink", (g, x) -> g.op("Shrink", Map.of("bias", 0.5f, "lambd", 0.5f), x)),
          entry("hard_shrink", (g, x) -> g.op("Shrink", Map.of("lambd", 0.5f), x)),
          entry("softsign", (g, x) -> g.op("Softsign", x)),
          entry("exponential", (g, x) -> g.op("Exp", x)));

  private ActivationOps() {}

  /** Tells whether a function, as it stands in a config, can be said in ONNX. */
  static boolean knows(@Nullable Object function) {
    return function instanceof Config layer
        ? layer.get("class_name") instanceof String name && isLayer(name)
        : BY_NAME.containsKey(String.valueOf(function));
  }

  private static boolean isLayer(String className) {
    return className.equals("ReLU") || className.equals("LeakyReLU") || className.equals("ELU");
  }

  /** Applies the function that stands in a config under {@code activation}. */
  static String apply(OnnxCall call, String x) {
    return apply(call, call.config().any("activation"), x);
  }

  /** Applies a function as it stands in a config, along the last axis. */
  static String apply(OnnxCall call, @Nullable Object function, String x) {
    return apply(call, call.graph(), function, x);
  }

  /** Applies a function in a graph, which may be inside of the call's. */
  static String apply(OnnxCall call, OnnxGraph graph, @Nullable Object function, String x) {
    if (!knows(function)) {
      throw call.refused(
          "its activation %s is none of %s"
              .formatted(
                  function instanceof Config layer ? layer.get("class_name") : function,
                  new TreeSet<>(BY_NAME.keySet())));
    }

    if (function instanceof Config layer) {
      ConfigReader arguments = layer.reader("activation").config("config").reader("activation");
      return switch (String.valueOf(layer.get("class_name"))) {
        case "ReLU" -> relu(graph, arguments, x);
        case "LeakyReLU" -> leakyRelu(graph, arguments, x);
        default -> elu(graph, arguments, x);
      };
    }

    return Objects.requireNonNull(BY_NAME.get(String.valueOf(function))).apply(graph, x);
  }

  static String leakyRelu(OnnxGraph graph, ConfigReader arguments, String x) {
    return graph.op("LeakyRelu", Map.of("alpha", (float) arguments.number("negative_slope")), x);
  }

  static String elu(OnnxGraph graph, ConfigReader arguments, String x) {
    return graph.op("Elu", Map.of("alpha", (float) arguments.number("alpha")), x);
  }

  /** min(x, max) for x above the threshold, else slope (x - threshold). */
  static String relu(OnnxGraph graph, ConfigReader arguments, String x) {
    Double max = arguments.nullableNumber("max_value", null);
    float slope = (float) arguments.number("negative_slope");
    float threshold = (float) arguments.number("threshold");
    String limited = max == null ? x : graph.op("Min", x, graph.scalar(max.floatValue()));
    if (threshold == 0) {
      return slope == 0
          ? graph.op("Relu", limited)
          : graph.op("LeakyRelu", Map.of("alpha", slope), limited);
    }

    String from = graph.scalar(threshold);
    String below = graph.op("Mul", graph.op("Sub", x, from), graph.scalar(slope));
    return graph.op("Where", graph.op("Greater", x, from), limited, below);
  }

  private static String clip(OnnxGraph graph, String x, float from, float to) {
    return graph.op("Clip", x, graph.scalar(from), graph.scalar(to));
  }

  private static String gelu(OnnxGraph graph, String x) {
    String error = graph.op("Erf", graph.op("Mul", x, graph.scalar(SQRT_HALF)));
    String twice = graph.op("Add", error, graph.scalar(1));
    return graph.op("Mul", graph.op("Mul", x, twice), graph.scalar(0.5f));
  }

  private static String squareplus(OnnxGraph graph, String x) {
    String square = graph.op("Add", graph.op("Mul", x, x), graph.scalar(4));
    String sum = graph.op("Add", x, graph.op("Sqrt", square));
    return graph.op("Mul", sum, graph.scalar(0.5f));
  }

  /** (min(max(x, -1), 1) + 1)² / 4 + max(x - 1, 0). */
  private static String sparsePlus(OnnxGraph graph, String x) {
    String bent = graph.op("Add", clip(graph, x, -1, 1), graph.scalar(1));
    String quarter = graph.op("Mul", graph.op("Mul", bent, bent), graph.scalar(0.25f));
    String straight = graph.op("Relu", graph.op("Sub", x, graph.scalar(1)));
    return graph.op("Add", quarter, straight);
  }

  private static String sparseSigmoid(OnnxGraph graph, String x) {
    String sum = graph.op("Add", clip(graph, x, -1, 1), graph.scalar(1));
    return graph.op("Mul", sum, graph.scalar(0.5f));
  }
}
