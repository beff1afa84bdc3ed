package io.firesteel.internal.network;

import io.firesteel.layers.Layers;
import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The operations that Keras writes into a functional model where it was made by arithmetic and
 * functions ({@code x + y}, {@code 2 * x}, {@code ops.relu(x)}): those that are the work of a layer
 * become that layer (Keras 3.15, keras/src/ops/numpy.py and nn.py).
 */
final class Operations {

  private static final String MODULE = "keras.src.ops";
  private static final String RESCALING = "Rescaling";

  /** Operations on two tensors, or on several, that are layers of the same name. */
  private static final List<String> MERGING =
      List.of("Add", "Subtract", "Multiply", "Maximum", "Minimum");

  /** Operations on one tensor, by the activation that they are. */
  private static final Map<String, String> ACTIVATIONS =
      Map.ofEntries(
          Map.entry("Relu", "relu"),
          Map.entry("Relu6", "relu6"),
          Map.entry("Sigmoid", "sigmoid"),
          Map.entry("Tanh", "tanh"),
          Map.entry("Silu", "silu"),
          Map.entry("Softplus", "softplus"),
          Map.entry("Softsign", "softsign"),
          Map.entry("Selu", "selu"),
          Map.entry("Mish", "mish"),
          Map.entry("HardSigmoid", "hard_sigmoid"),
          Map.entry("HardSilu", "hard_silu"),
          Map.entry("Exp", "exponential"));

  private static final List<String> OTHERS =
      List.of(
          "Concatenate",
          "Divide",
          "Elu",
          "ExpandDims",
          "Gelu",
          "LeakyRelu",
          "LogSoftmax",
          "Negative",
          "Reshape",
          "Softmax",
          "Squeeze",
          "Transpose",
          "TrueDivide");

  private final Config serialized;
  private final String type;
  private final Config config;
  private final List<Object> arguments;

  private Operations(Config serialized) {
    this.serialized = serialized;
    this.type = String.valueOf(serialized.get("class_name"));
    this.config = serialized.get("config") instanceof Config given ? given : Config.empty();
    this.arguments = arguments(serialized);
  }

  /** Tells whether a serialized form is that of an operation, not of a layer. */
  static boolean isOperation(Config serialized) {
    return serialized.get("module") instanceof String module
        && module.startsWith(MODULE)
        && !Layers.isMaskOperation(serialized);
  }

  /**
   * Returns the layer that an operation is, in its serialized form.
   *
   * @throws IllegalArgumentException if it is none, naming it
   */
  static Config asLayer(Config serialized) {
    return new Operations(serialized).layer();
  }

  /** The arguments of the one call of an operation. */
  private static List<Object> arguments(Config serialized) {
    List<Object> arguments = new ArrayList<>();
    if (serialized.get("inbound_nodes") instanceof List<?> nodes
        && nodes.size() == 1
        && nodes.get(0) instanceof Config node) {
      if (node.get("args") instanceof List<?> args) {
        arguments.addAll(args);
      }

      if (node.get("kwargs") instanceof Config kwargs) {
        kwargs.keys().forEach(key -> arguments.add(kwargs.get(key)));
      }
    }

    return arguments;
  }

  private Config layer() {
    String activation = ACTIVATIONS.get(type);
    if (activation != null) {
      return layer("Activation", Map.of("activation", activation));
    }

    boolean scalar = arguments.stream().anyMatch(Number.class::isInstance);
    if (MERGING.contains(type) && !scalar) {
      return layer(type, Map.of());
    }

    return switch (type) {
      case "Add", "Subtract", "Multiply", "Divide", "TrueDivide" -> scaling();
      case "Negative" -> rescaling(-1.0, 0.0);
      case "Concatenate" -> layer(type, Map.of("axis", number("axis", -1)));
      case "Softmax" -> layer(type, Map.of("axis", number("axis", -1)));
      case "LogSoftmax" -> ofLastAxis();
      case "Gelu" -> exactGelu();
      case "Elu" -> layer("ELU", Map.of("alpha", number("alpha", 1.0)));
      case "LeakyRelu" ->
          layer("LeakyReLU", Map.of("negative_slope", number("negative_slope", 0.2)));
      case "Reshape" -> reshape(integers(config.get("newshape")));
      case "Transpose" -> transpose(integers(config.get("axes")));
      case "ExpandDims" -> expand();
      case "Squeeze" -> squeeze();
      default -> throw refused("is not the work of a layer");
    };
  }

  /** A tensor and a number, one of them first. */
  private Config scaling() {
    if (arguments.size() != 2 || isTensor(0) == isTensor(1)) {
      throw refused("takes a tensor and a number here");
    }

    boolean first = isTensor(0);
    double number = ((Number) arguments.get(first ? 1 : 0)).doubleValue();
    return switch (type) {
      case "Add" -> rescaling(1.0, number);
      case "Subtract" -> first ? rescaling(1.0, -number) : rescaling(-1.0, number);
      case "Multiply" -> rescaling(number, 0.0);
      default -> {
        if (!first || number == 0) {
          throw refused("takes a tensor and a number other than 0 here");
        }

        yield rescaling(1.0 / number, 0.0);
      }
    };
  }

  private boolean isTensor(int index) {
    return arguments.get(index) instanceof Config;
  }

  private Config rescaling(double scale, double offset) {
    return layer(RESCALING, Map.of("scale", scale, "offset", offset));
  }

  private Config ofLastAxis() {
    if (((Number) number("axis", -1)).intValue() != -1) {
      throw refused("takes the last axis alone");
    }

    return layer("Activation", Map.of("activation", "log_softmax"));
  }

  private Config exactGelu() {
    if (!Boolean.FALSE.equals(config.get("approximate"))) {
      throw refused("takes approximate=False alone");
    }

    return layer("Activation", Map.of("activation", "gelu"));
  }

  private Config reshape(List<Integer> shape) {
    if (shape.isEmpty() || shape.get(0) != -1) {
      throw refused("takes a shape that begins with -1, for the rows, alone");
    }

    return layer("Reshape", Map.of("target_shape", shape.subList(1, shape.size())));
  }

  private Config transpose(List<Integer> axes) {
    if (axes.isEmpty() || axes.get(0) != 0) {
      throw refused("leaves the rows where they are, and takes 'axes' that begin with 0");
    }

    return layer("Permute", Map.of("dims", axes.subList(1, axes.size())));
  }

  private Config expand() {
    List<Integer> shape = shapeOfRow();
    int axis = ((Number) number("axis", 0)).intValue();
    int at = axis < 0 ? axis + shape.size() + 1 : axis - 1;
    if (at < 0 || at > shape.size()) {
      throw refused("takes an axis behind that of the rows");
    }

    shape.add(at, 1);
    return layer("Reshape", Map.of("target_shape", shape));
  }

  private Config squeeze() {
    List<Integer> shape = shapeOfRow();
    int axis = ((Number) number("axis", 0)).intValue();
    int at = axis < 0 ? axis + shape.size() : axis - 1;
    if (at < 0 || at >= shape.size() || shape.get(at) != 1) {
      throw refused("takes an axis of extent 1 behind that of the rows");
    }

    shape.remove(at);
    return layer("Reshape", Map.of("target_shape", shape));
  }

  /** The shape of one row of the argument. */
  private List<Integer> shapeOfRow() {
    if (arguments.size() == 1
        && arguments.get(0) instanceof Config tensor
        && tensor.get("config") instanceof Config fields) {
      List<Integer> shape = integers(fields.get("shape"));
      if (!shape.isEmpty()) {
        return new ArrayList<>(shape.subList(1, shape.size()));
      }
    }

    throw refused("takes a tensor whose shape the file says");
  }

  private Object number(String key, Number absent) {
    return config.get(key) instanceof Number given ? given : absent;
  }

  /** A list of integers, in which null, the number of rows, becomes -1. */
  private List<Integer> integers(@Nullable Object given) {
    List<Integer> integers = new ArrayList<>();
    for (Object each : given instanceof List<?> list ? list : List.of()) {
      if (each != null && !(each instanceof Long)) {
        throw refused("takes integers");
      }

      integers.add(each == null ? -1 : Math.toIntExact((Long) each));
    }

    return integers;
  }

  private Config layer(String className, Map<String, ?> fields) {
    Config.Builder own = Config.builder().put("name", config.get("name"));
    fields.forEach(own::put);
    List<Object> tensors = new ArrayList<>(arguments);
    tensors.removeIf(Number.class::isInstance);
    Config node = Config.builder().put("args", tensors).put("kwargs", Config.empty()).build();
    return Config.builder()
        .put("module", "keras.layers")
        .put("class_name", className)
        .put("config", own.build())
        .put("registered_name", null)
        .put("name", serialized.has("name") ? serialized.get("name") : config.get("name"))
        .put("inbound_nodes", List.of(node))
        .build();
  }

  private IllegalArgumentException refused(String why) {
    TreeSet<String> known = new TreeSet<>(MERGING);
    known.addAll(ACTIVATIONS.keySet());
    known.addAll(OTHERS);
    return new IllegalArgumentException(
        "The operation '%s' of the class %s %s. Operations that are read: %s"
            .formatted(config.get("name"), type, why, String.join(", ", known)));
  }
}
