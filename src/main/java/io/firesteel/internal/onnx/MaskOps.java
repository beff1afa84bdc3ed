package io.firesteel.internal.onnx;

import io.firesteel.internal.network.RowsOfSteps;
import io.firesteel.layers.AttentionLayer;
import io.firesteel.layers.Concatenate;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.Masking;
import io.firesteel.layers.MultiInputLayer;
import io.firesteel.layers.ReversibleEmbedding;
import io.firesteel.layers.SequenceLayer;
import io.firesteel.layers.Softmax;
import io.firesteel.tensor.Shape;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which steps of time count: masks, as tensors of booleans. */
final class MaskOps {

  private static final int FLOAT = 1;

  private MaskOps() {}

  /** Returns a mask as ones and zeros. */
  static String asFloats(OnnxGraph graph, String mask) {
    return graph.op("Cast", Map.of("to", FLOAT), mask);
  }

  /** Returns what is not equal to the mask's value in one place at least. */
  private static String counts(OnnxCall call) {
    OnnxGraph graph = call.graph();
    String value = graph.scalar((float) call.config().number("mask_value"));
    String differs = graph.op("Not", graph.op("Equal", call.input(), value));
    String places = asFloats(graph, differs);
    String any = graph.op("ReduceMax", Map.of("keepdims", 1), places, graph.integers(-1));
    return graph.op("Greater", any, graph.scalar(0.5f));
  }

  /** The layer that makes a mask: what does not count becomes zero. */
  static String masking(OnnxCall call) {
    OnnxGraph graph = call.graph();
    return graph.op("Where", counts(call), call.input(), graph.scalar(0));
  }

  /**
   * Returns the masks of a concatenation's inputs, one behind the other; along the last axis, what
   * counts in one of them. Of an input without a mask all counts.
   */
  private static String ofParts(OnnxCall call) {
    OnnxGraph graph = call.graph();
    String[] parts = new String[call.inputs().size()];
    for (int i = 0; i < parts.length; i++) {
      String mask = call.masks().get(i);
      parts[i] = mask == null ? everything(graph, call.inputs().get(i)) : mask;
    }

    int rank = call.shape().rank() + 1;
    int axis = (int) call.config().integer("axis");
    axis = axis < 0 ? axis + rank : axis;
    if (axis < rank - 1) {
      return graph.op("Concat", Map.of("axis", axis), parts);
    }

    String any = parts[0];
    for (int i = 1; i < parts.length; i++) {
      any = graph.op("Or", any, parts[i]);
    }

    return any;
  }

  /** Returns a mask of an input of which all counts. */
  private static String everything(OnnxGraph graph, String x) {
    String one = graph.op("ReduceMax", Map.of("keepdims", 0), x, graph.integers(-1));
    String equal = graph.op("Equal", one, one);
    return graph.op("Or", equal, graph.op("Not", equal));
  }

  /**
   * Returns the mask of a layer's output.
   *
   * @param shape the shape of a row of the mask, or null if there is none
   */
  static @Nullable String of(OnnxCall call, @Nullable Shape shape) {
    if (shape == null) {
      return null;
    }

    OnnxGraph graph = call.graph();
    if (call.layer() instanceof RowsOfSteps) {
      return call.masks().get(1);
    }

    if (call.layer() instanceof Masking) {
      return graph.reshape(counts(call), shape);
    }

    if (call.layer() instanceof Embedding || call.layer() instanceof ReversibleEmbedding) {
      return graph.op("Not", graph.op("Equal", call.input(), graph.scalar(0)));
    }

    if (call.layer() instanceof Concatenate) {
      return ofParts(call);
    }

    String mask = Objects.requireNonNull(call.mask());
    if (call.inputs().size() > 1
        && call.layer() instanceof MultiInputLayer<?>
        && !(call.layer() instanceof Softmax)
        && !(call.layer() instanceof AttentionLayer<?>)
        && !(call.layer() instanceof SequenceLayer<?>)) {
      for (int i = 1; i < call.masks().size(); i++) {
        mask = graph.op("Or", mask, String.valueOf(call.masks().get(i)));
      }
    }

    return mask;
  }
}
