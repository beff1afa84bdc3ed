package io.firesteel.internal.onnx;

import io.firesteel.layers.Layer;
import io.firesteel.layers.Layers;
import io.firesteel.layers.RNN;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** Layers with layers in them. */
final class WrapperOps {

  private WrapperOps() {}

  /** Returns the layers in a layer. */
  static List<Layer> insideOf(Layer layer) {
    ConfigReader config = layer.getConfig().reader(layer.getClass().getSimpleName());
    return switch (layer.getClass().getSimpleName()) {
      case "SpectralNormalization", "TimeDistributed" ->
          List.of(Layers.deserialize(config.config("layer")));
      case "Bidirectional" ->
          List.of(
              Layers.deserialize(config.config("layer")),
              Layers.deserialize(config.config("backward_layer")));
      case "RNN" -> List.copyOf(((RNN) layer).cellLayers());
      default -> List.of();
    };
  }

  /** Each step is a row of a longer batch. */
  static String timeDistributed(OnnxCall call) {
    int[] dims = call.shape().dims();
    Shape step = Shape.of(Arrays.copyOfRange(dims, 1, dims.length));
    Layer layer = insideOf(call.layer()).get(0);
    String steps = call.graph().reshape(call.input(), step);
    OnnxCall inner = call.inside(layer, "layer", steps, null, step, 0);
    return call.graph().reshape(LayerExporters.export(inner), call.output());
  }

  /** A layer that outside of training does what the one inside does. */
  static String asInside(OnnxCall call) {
    Layer layer = insideOf(call.layer()).get(0);
    return LayerExporters.export(
        call.inside(layer, "layer", call.input(), call.mask(), call.shape(), 0));
  }
}
