package io.firesteel.internal.onnx;

import io.firesteel.layers.Concatenate;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.Masking;
import io.firesteel.layers.MultiInputLayer;
import io.firesteel.tensor.Shape;
import java.util.Map;
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
   * Returns the mask of a layer's output.
   *
   * @param shape the shape of a row of the mask, or null if there is none
   */
  static @Nullable String of(OnnxCall call, @Nullable Shape shape) {
    if (shape == null) {
      return null;
    }

    OnnxGraph graph = call.graph();
    if (call.layer() instanceof Masking) {
      return graph.reshape(counts(call), shape);
    }

    if (call.layer() instanceof Embedding) {
      return graph.op("Not", graph.op("Equal", call.input(), graph.scalar(0)));
    }

    if (call.layer() instanceof Concatenate || call.mask() == null) {
      throw call.refused("it puts masks together");
    }

    String mask = call.mask();
    if (call.layer() instanceof MultiInputLayer<?>) {
      for (int i = 1; i < call.masks().size(); i++) {
        mask = graph.op("Or", mask, String.valueOf(call.masks().get(i)));
      }
    }

    return mask;
  }
}
