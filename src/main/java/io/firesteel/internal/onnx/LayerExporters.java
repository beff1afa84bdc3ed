package io.firesteel.internal.onnx;

import static java.util.Map.entry;

import io.firesteel.internal.network.MasklessOperation;
import io.firesteel.internal.network.OutputPart;
import io.firesteel.internal.network.RowsOfSteps;
import io.firesteel.layers.Layer;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How each class of layers is said in ONNX, by the class's name in Keras. */
final class LayerExporters {

  private static final Exporter SAME = OnnxCall::input;

  private static final Map<String, Exporter> BY_CLASS =
      Map.ofEntries(
          entry("Activation", call -> ActivationOps.apply(call, call.input())),
          entry("ActivityRegularization", SAME),
          entry("Add", MergeOps.folding("Add")),
          entry("AdditiveAttention", AttentionOps::scored),
          entry("AlphaDropout", SAME),
          entry("Attention", AttentionOps::scored),
          entry("Average", MergeOps::average),
          entry("AveragePooling1D", SpaceOps::averagePooling),
          entry("AveragePooling2D", SpaceOps::averagePooling),
          entry("AxisReduction", OperationOps::reduction),
          entry("AveragePooling3D", SpaceOps::averagePooling),
          entry("BatchNormalization", NormalizationOps::batch),
          entry("Bidirectional", RecurrentOps::bidirectional),
          entry("Concatenate", MergeOps::concatenate),
          entry("Conv1D", SpaceOps::convolution),
          entry("Conv1DTranspose", KernelOps::transposed),
          entry("Conv2D", SpaceOps::convolution),
          entry("Conv2DTranspose", KernelOps::transposed),
          entry("Conv3D", SpaceOps::convolution),
          entry("Conv3DTranspose", KernelOps::transposed),
          entry("Cropping1D", SpaceOps::cropping),
          entry("Cropping2D", SpaceOps::cropping),
          entry("Cropping3D", SpaceOps::cropping),
          entry("Dense", VectorOps::dense),
          entry("DepthwiseConv1D", KernelOps::depthwise),
          entry("DepthwiseConv2D", KernelOps::depthwise),
          entry("Dot", MergeOps::dot),
          entry("Dropout", SAME),
          entry("ELU", call -> ActivationOps.elu(call.graph(), call.config(), call.input())),
          entry("EinsumDense", VectorOps::einsum),
          entry("ElementwiseOperation", OperationOps::elementwise),
          entry("Embedding", VectorOps::embedding),
          entry("FMInteraction", VectorOps::fmInteraction),
          entry("Flatten", VectorOps::flatten),
          entry("GRU", RecurrentOps::recurrent),
          entry("GaussianDropout", SAME),
          entry("GaussianNoise", SAME),
          entry("GlobalAveragePooling1D", SpaceOps::globalAverage),
          entry("GlobalAveragePooling2D", SpaceOps::globalAverage),
          entry("GlobalAveragePooling3D", SpaceOps::globalAverage),
          entry("GlobalMaxPooling1D", SpaceOps::globalMaximum),
          entry("GlobalMaxPooling2D", SpaceOps::globalMaximum),
          entry("GlobalMaxPooling3D", SpaceOps::globalMaximum),
          entry("GroupNormalization", NormalizationOps::group),
          entry("GroupedQueryAttention", AttentionOps::grouped),
          entry("Identity", SAME),
          entry("LSTM", RecurrentOps::recurrent),
          entry("LayerNormalization", NormalizationOps::layer),
          entry(
              "LeakyReLU",
              call -> ActivationOps.leakyRelu(call.graph(), call.config(), call.input())),
          entry("Masking", MaskOps::masking),
          entry("MaxPooling1D", SpaceOps::maxPooling),
          entry("MaxPooling2D", SpaceOps::maxPooling),
          entry("MaxPooling3D", SpaceOps::maxPooling),
          entry("Maximum", MergeOps.folding("Max")),
          entry("Minimum", MergeOps.folding("Min")),
          entry("MultiHeadAttention", AttentionOps::multiHead),
          entry("Multiply", MergeOps.folding("Mul")),
          entry("Normalization", NormalizationOps::normalization),
          entry("PReLU", VectorOps::prelu),
          entry("Permute", VectorOps::permute),
          entry("RMSNormalization", NormalizationOps::rootMeanSquare),
          entry("RNN", RecurrentOps::cells),
          entry("ReLU", call -> ActivationOps.relu(call.graph(), call.config(), call.input())),
          entry("RepeatVector", VectorOps::repeatVector),
          entry("Rescaling", VectorOps::rescaling),
          entry("Reshape", VectorOps::reshape),
          entry("ReversibleEmbedding", VectorOps::embedding),
          entry("SeparableConv1D", KernelOps::separable),
          entry("SeparableConv2D", KernelOps::separable),
          entry("SimpleRNN", RecurrentOps::recurrent),
          entry("Softmax", NormalizationOps::softmax),
          entry("SpatialDropout1D", SAME),
          entry("SpatialDropout2D", SAME),
          entry("SpatialDropout3D", SAME),
          entry("SpectralNormalization", WrapperOps::asInside),
          entry("Subtract", MergeOps.folding("Sub")),
          entry("TimeDistributed", WrapperOps::timeDistributed),
          entry("UnitNormalization", NormalizationOps::unit),
          entry("UpSampling1D", SpaceOps::repeatedSteps),
          entry("UpSampling2D", SpaceOps::upSampling),
          entry("UpSampling3D", SpaceOps::upSampling),
          entry("ZeroPadding1D", SpaceOps::zeroPadding),
          entry("ZeroPadding2D", SpaceOps::zeroPadding),
          entry("ZeroPadding3D", SpaceOps::zeroPadding));

  private LayerExporters() {}

  /** Returns the names of the classes that can be said in ONNX, in order. */
  static Set<String> classNames() {
    return new TreeSet<>(BY_CLASS.keySet());
  }

  /** Tells whether a layer and those in it are of such classes. Others of the same name are not. */
  static boolean knows(Layer layer) {
    return (layer instanceof MasklessOperation operation && knows(operation.layer()))
        || layer instanceof OutputPart
        || layer instanceof RowsOfSteps
        || (layer.getClass().getPackage().equals(Layer.class.getPackage())
            && BY_CLASS.containsKey(layer.getClass().getSimpleName())
            && WrapperOps.insideOf(layer).stream().allMatch(LayerExporters::knows));
  }

  /** Adds the operators of a call, and returns the tensor of its output. */
  static String export(OnnxCall call) {
    if (call.layer() instanceof OutputPart part) {
      return RecurrentOps.part(call, part);
    }

    if (call.layer() instanceof RowsOfSteps rows) {
      return call.graph().reshape(call.input(), rows.shape());
    }

    if (call.layer() instanceof MasklessOperation operation) {
      return export(call.as(operation.layer(), List.of()));
    }

    Exporter exporter = BY_CLASS.get(call.layer().getClass().getSimpleName());
    if (exporter == null) {
      throw call.refused("its class has no counterpart there");
    }

    call.graph().scope(call.path());
    return exporter.export(call);
  }

  /** Keras's functions of each value for itself, and its sums along axes. */
  private static final class OperationOps {

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
        case "Clip", "Maximum", "Minimum" ->
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

  /** Says a layer in ONNX's operators. */
  @FunctionalInterface
  interface Exporter {

    /**
     * Adds the operators of a call.
     *
     * @return the tensor of the output
     * @throws IllegalArgumentException if the layer's arguments have no counterpart
     */
    String export(OnnxCall call);
  }
}
