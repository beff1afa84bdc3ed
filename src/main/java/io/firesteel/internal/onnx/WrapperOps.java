package io.firesteel.internal.onnx;

import io.firesteel.layers.Layer;
import io.firesteel.layers.Layers;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

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
      case "RNN" -> List.of(recurrent(layer.getConfig(), config.config("cell")));
      default -> List.of();
    };
  }

  /** Returns the recurrent layer of a cell. */
  private static Layer recurrent(Config config, Config cell) {
    Config.Builder whole = cell.reader("cell").config("config").toBuilder();
    config.keys().stream()
        .filter(key -> !key.equals("cell"))
        .forEach(key -> whole.put(key, config.get(key)));
    String name = cell.reader("cell").string("class_name");
    return Layers.deserialize(
        Config.builder()
            .put("class_name", name.substring(0, name.length() - "Cell".length()))
            .put("config", whole.build())
            .build());
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

  static String bidirectional(OnnxCall call) {
    OnnxGraph graph = call.graph();
    List<Layer> layers = insideOf(call.layer());
    int firstWeight = layers.get(0).weights(call.shapes()).size();
    OnnxCall one =
        call.inside(layers.get(0), "forward_layer", call.input(), call.mask(), call.shape(), 0);
    OnnxCall other =
        call.inside(
            layers.get(1), "backward_layer", call.input(), call.mask(), call.shape(), firstWeight);
    String forward = LayerExporters.export(one);
    String backward = LayerExporters.export(other);
    if (other.config().bool("return_sequences", false)) {
      backward = RecurrentOps.reversed(graph, backward);
    }

    String mode = call.config().nullableString("merge_mode");
    return switch (String.valueOf(mode)) {
      case "concat" -> graph.op("Concat", Map.of("axis", -1), forward, backward);
      case "sum" -> graph.op("Add", forward, backward);
      case "mul" -> graph.op("Mul", forward, backward);
      case "ave" -> graph.op("Mul", graph.op("Add", forward, backward), graph.scalar(0.5f));
      default -> throw call.refused("its merge_mode is " + mode);
    };
  }
}
