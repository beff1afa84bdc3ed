package io.firesteel.internal.network;

import io.firesteel.internal.network.LayerGraph.Call;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The shapes of what the calls of a model put out, nested models as they stand. */
public final class GraphShapes {

  private GraphShapes() {}

  /** Returns the shapes of the outputs of each call. */
  public static List<List<Shape>> of(LayerGraph graph) {
    List<List<Shape>> shapes = new ArrayList<>();
    for (Call call : graph.calls()) {
      Layer layer = graph.layers().get(call.layer());
      List<Shape> inputs =
          call.inputs().stream().map(s -> shapes.get(s.call()).get(s.output())).toList();
      if (layer instanceof NestedModel nested) {
        shapes.add(nested.outputs(inputs));
      } else if (layer instanceof InputLayer input) {
        shapes.add(List.of(input.shape()));
      } else {
        shapes.add(call.options().outputShapes(layer, inputs));
      }
    }

    return shapes;
  }

  /** Returns the shapes of the outputs of a model. */
  public static List<Shape> outputs(LayerGraph graph) {
    List<List<Shape>> shapes = of(graph);
    return graph.outputs().stream().map(s -> shapes.get(s.call()).get(s.output())).toList();
  }
}
