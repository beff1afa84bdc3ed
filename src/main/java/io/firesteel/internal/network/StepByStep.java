package io.firesteel.internal.network;

import io.firesteel.internal.network.LayerGraph.Call;
import io.firesteel.layers.CallOptions;
import io.firesteel.layers.Concatenate;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.layers.TimeDistributed;
import io.firesteel.layers.WeightSpec;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * What is applied to the steps of a sequence one after the other, as Keras's {@code
 * TimeDistributed} does it: a layer that keeps statistics has those of each step, and moves them
 * with each. What keeps none takes all steps as rows at once.
 */
final class StepByStep {

  private StepByStep() {}

  static boolean keepsStatistics(List<WeightSpec> weights) {
    return weights.stream().anyMatch(WeightSpec::isStatistic);
  }

  /** Tells whether a layer of a model, or of one within it, keeps statistics. */
  static boolean keepsStatistics(LayerGraph graph) {
    List<List<Shape>> shapes = GraphShapes.of(graph);
    for (Call call : graph.calls()) {
      Layer layer = graph.layers().get(call.layer());
      List<Shape> inputs =
          call.inputs().stream().map(s -> shapes.get(s.call()).get(s.output())).toList();
      boolean keeps =
          layer instanceof NestedModel nested
              ? keepsStatistics(nested.graph(inputs))
              : !(layer instanceof InputLayer) && keepsStatistics(layer.weights(inputs));
      if (keeps) {
        return true;
      }
    }

    return false;
  }

  /**
   * Places what is applied to each step, and returns the place of all its outputs.
   *
   * @param source the place of the sequences
   * @param ofStep places it on the place of a step, and returns that of its output
   * @throws IllegalArgumentException if the sequences have a mask
   */
  static int place(Graph graph, int source, String path, IntUnaryOperator ofStep) {
    if (graph.maskOf(source) != null) {
      throw new IllegalArgumentException(
          "The layer '%s' applies a layer that keeps statistics to each step, and takes no mask"
              .formatted(path));
    }

    Shape input = graph.shapeOf(source);
    Shape step = step(input);
    Layer flat = new RowsOfSteps(path + "/flat", Shape.of(input.size()));
    int row = add(graph, flat, source);
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i < input.dim(0); i++) {
      Layer part = new OutputPart(path + "/step" + i, i * step.size(), step, false);
      int end = ofStep.applyAsInt(add(graph, part, row));
      ends.add(add(graph, new RowsOfSteps(path + "/end" + i, withStep(graph.shapeOf(end))), end));
    }

    Layer all = Concatenate.of().axis(1).withName("all");
    return ends.size() == 1 ? ends.get(0) : graph.add(all, ends, path + "/all", CallOptions.NONE);
  }

  /** Places calls of a layer on sequences of one step each. */
  static int place(
      Graph graph, int source, TimeDistributed layer, String path, CallOptions options) {
    return place(
        graph,
        source,
        path,
        step -> {
          Shape one = withStep(graph.shapeOf(step));
          int begin = add(graph, new RowsOfSteps(path + "/one", one), step);
          int end = graph.add(layer, List.of(begin), path, options);
          return add(graph, new RowsOfSteps(path + "/of_one", step(graph.shapeOf(end))), end);
        });
  }

  /** Returns the shape of one of several steps. */
  static Shape step(Shape steps) {
    return Shape.of(Arrays.copyOfRange(steps.dims(), 1, steps.rank()));
  }

  private static Shape withStep(Shape step) {
    int[] dims = new int[step.rank() + 1];
    dims[0] = 1;
    System.arraycopy(step.dims(), 0, dims, 1, step.rank());
    return Shape.of(dims);
  }

  private static int add(Graph graph, Layer layer, int source) {
    return graph.add(layer, List.of(source), String.valueOf(layer.name()), CallOptions.NONE);
  }
}
