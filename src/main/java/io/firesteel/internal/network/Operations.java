package io.firesteel.internal.network;

import io.firesteel.layers.Layers;
import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The operations that Keras writes into a functional model where it was made by arithmetic and
 * functions ({@code x + y}, {@code 2 * x}, {@code ops.relu(x)}): those that are the work of a layer
 * become that layer, others ({@code x[:, 0]}, {@code ops.mean(x, 1)}) a layer that is written as
 * the operation again (Keras 3.15, keras/src/ops/numpy.py and nn.py).
 */
final class Operations extends OperationForm {

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

  /** Operations on one tensor that no layer of Keras does: along axes, and of each value. */
  private static final List<String> REDUCTIONS = List.of("Max", "Mean", "Min", "Sum");

  private static final List<String> FUNCTIONS =
      List.of(
          "Absolute",
          "Cos",
          "Expm1",
          "Log",
          "Log1p",
          "Reciprocal",
          "Rsqrt",
          "Sin",
          "Sqrt",
          "Square");

  private static final List<String> OTHERS =
      List.of(
          "Clip",
          "Concatenate",
          "Divide",
          "Elu",
          "ExpandDims",
          "Gelu",
          "GetItem",
          "LeakyRelu",
          "LogSoftmax",
          "Matmul",
          "Negative",
          "Normalize",
          "Power",
          "Reshape",
          "Softmax",
          "Squeeze",
          "Swapaxes",
          "Transpose",
          "TrueDivide");

  private Operations(Config serialized) {
    super(serialized);
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

  private Config layer() {
    String activation = ACTIVATIONS.get(type());
    if (activation != null) {
      return layer("Activation", Map.of("activation", activation));
    }

    boolean scalar = arguments().stream().anyMatch(Number.class::isInstance);
    if (MERGING.contains(type()) && !scalar) {
      return layer(type(), Map.of());
    }

    if (REDUCTIONS.contains(type())) {
      return reduction();
    }

    if (FUNCTIONS.contains(type())) {
      return own("ElementwiseOperation", Config.builder().put("operation", type()));
    }

    return switch (type()) {
      case "GetItem" -> part();
      case "Power" -> power();
      case "Clip" ->
          own(
              "ElementwiseOperation",
              Config.builder()
                  .put("operation", type())
                  .put("x_min", config().get("x_min"))
                  .put("x_max", config().get("x_max")));
      case "Maximum" -> bound("x_min");
      case "Minimum" -> bound("x_max");
      case "Matmul" -> product();
      case "Normalize" -> unit();
      case "Swapaxes" -> swap();
      case "Add", "Subtract", "Multiply", "Divide", "TrueDivide" -> scaling();
      case "Negative" -> rescaling(-1.0, 0.0);
      case "Concatenate" -> layer(type(), Map.of("axis", number("axis", -1)));
      case "Softmax" -> layer(type(), Map.of("axis", number("axis", -1)));
      case "LogSoftmax" -> ofLastAxis();
      case "Gelu" -> exactGelu();
      case "Elu" -> layer("ELU", Map.of("alpha", number("alpha", 1.0)));
      case "LeakyRelu" ->
          layer("LeakyReLU", Map.of("negative_slope", number("negative_slope", 0.2)));
      case "Reshape" -> reshape(integers(config().get("newshape")));
      case "Transpose" -> transpose(integers(config().get("axes")));
      case "ExpandDims" -> expand();
      case "Squeeze" -> squeeze();
      default -> throw refused("is not the work of a layer");
    };
  }

  private Config reduction() {
    if (config().get("axis") == null) {
      throw refused("takes an axis or several, for without one the rows are summed up as well");
    }

    if (config().get("initial") != null) {
      throw refused("takes initial=None alone");
    }

    return own(
        "AxisReduction",
        Config.builder()
            .put("operation", type())
            .put("axis", config().get("axis"))
            .put("keepdims", Boolean.TRUE.equals(config().get("keepdims"))));
  }

  private Config part() {
    if (arguments().size() != 2) {
      throw refused("takes a tensor and a key");
    }

    return own("GetItem", Config.builder().put("key", arguments().get(1)));
  }

  private Config power() {
    if (arguments().size() != 2 || !(arguments().get(1) instanceof Number exponent)) {
      throw refused("takes a tensor and a number behind it");
    }

    return own(
        "ElementwiseOperation",
        Config.builder().put("operation", type()).put("exponent", exponent.doubleValue()));
  }

  /** A tensor and a number below or above which it is cut off. */
  private Config bound(String key) {
    if (arguments().size() != 2 || isTensor(0) == isTensor(1)) {
      throw refused("takes a tensor and a number, or two tensors");
    }

    Object number = arguments().get(isTensor(0) ? 1 : 0);
    return own(
        "ElementwiseOperation",
        Config.builder().put("operation", type()).put(key, number),
        arguments().get(isTensor(0) ? 0 : 1));
  }

  /** The product of two matrices a row. */
  private Config product() {
    if (arguments().size() != 2 || rank(0) != 2 || rank(1) != 2) {
      throw refused("takes two tensors of rank 3 here");
    }

    return layer("Dot", Map.of("axes", List.of(2, 1), "normalize", false));
  }

  private Config unit() {
    boolean euclidean =
        config().get("order") == null || Long.valueOf(2).equals(config().get("order"));
    boolean least =
        config().get("epsilon") == null || Double.valueOf(1e-12).equals(config().get("epsilon"));
    if (!euclidean || !least) {
      throw refused("takes order=2 and epsilon=1e-12 alone");
    }

    return layer("UnitNormalization", Map.of("axis", number("axis", -1)));
  }

  private Config swap() {
    int rank = shapeOfRow().size();
    int first = behindRows(number("axis1", 0), rank);
    int second = behindRows(number("axis2", 0), rank);
    List<Integer> dims = new ArrayList<>(IntStream.rangeClosed(1, rank).boxed().toList());
    Collections.swap(dims, first, second);
    return layer("Permute", Map.of("dims", dims));
  }

  private int behindRows(Object axis, int rank) {
    int given = ((Number) axis).intValue();
    int at = given < 0 ? given + rank : given - 1;
    if (at < 0 || at >= rank) {
      throw refused("takes axes behind that of the rows");
    }

    return at;
  }

  /** A tensor and a number, one of them first. */
  private Config scaling() {
    if (arguments().size() != 2 || isTensor(0) == isTensor(1)) {
      throw refused("takes a tensor and a number here");
    }

    boolean first = isTensor(0);
    double number = ((Number) arguments().get(first ? 1 : 0)).doubleValue();
    return switch (type()) {
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
    if (!Boolean.FALSE.equals(config().get("approximate"))) {
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

  @Override
  IllegalArgumentException refused(String why) {
    TreeSet<String> known = new TreeSet<>(MERGING);
    known.addAll(ACTIVATIONS.keySet());
    known.addAll(REDUCTIONS);
    known.addAll(FUNCTIONS);
    known.addAll(OTHERS);
    return new IllegalArgumentException(
        "The operation '%s' of the class %s %s. Operations that are read: %s"
            .formatted(config().get("name"), type(), why, String.join(", ", known)));
  }
}
