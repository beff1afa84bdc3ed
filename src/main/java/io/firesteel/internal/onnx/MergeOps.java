package io.firesteel.internal.onnx;

import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Layers of several inputs. */
final class MergeOps {

  private MergeOps() {}

  /** Returns a layer that puts two inputs after the other together. */
  static LayerExporters.Exporter folding(String type) {
    return call -> fold(call, type);
  }

  private static String fold(OnnxCall call, String type) {
    String all = aligned(call, 0);
    for (int i = 1; i < call.inputs().size(); i++) {
      all = call.graph().op(type, all, aligned(call, i));
    }

    return all;
  }

  /** Returns an input with as many dimensions as the output; rows are aligned at their end. */
  private static String aligned(OnnxCall call, int input) {
    Shape row = call.shapes().get(input);
    int rank = call.output().rank();
    if (row.rank() == rank) {
      return call.inputs().get(input);
    }

    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      int own = i - (rank - row.rank());
      dims[i] = own < 0 ? 1 : row.dim(own);
    }

    return call.graph().reshape(call.inputs().get(input), Shape.of(dims));
  }

  static String average(OnnxCall call) {
    OnnxGraph graph = call.graph();
    return graph.op("Div", fold(call, "Add"), graph.scalar(call.inputs().size()));
  }

  static String concatenate(OnnxCall call) {
    int axis = (int) call.config().integer("axis");
    return call.graph().op("Concat", Map.of("axis", axis), call.inputs().toArray(new String[0]));
  }

  /** A product of matrices: what is multiplied lies along one axis of each input. */
  static String dot(OnnxCall call) {
    OnnxGraph graph = call.graph();
    Object axes = call.config().any("axes");
    List<String> operands = new ArrayList<>();
    for (int k = 0; k < 2; k++) {
      Shape row = call.shapes().get(k);
      Object given = axes instanceof List<?> list ? list.get(k) : axes;
      int axis = given instanceof Number number ? number.intValue() : 1;
      axis = axis < 0 ? axis + row.rank() + 1 : axis;
      String x = call.inputs().get(k);
      if (call.config().bool("normalize", false)) {
        x = NormalizationOps.unit(graph, x, axis);
      }

      int length = row.dim(axis - 1);
      int others = row.size() / length;
      String moved = graph.transpose(x, order(row.rank() + 1, axis, k == 0));
      operands.add(
          graph.reshape(moved, k == 0 ? Shape.of(others, length) : Shape.of(length, others)));
    }

    return graph.reshape(graph.op("MatMul", operands.get(0), operands.get(1)), call.output());
  }

  /** Returns the order of dimensions that has an axis last, or first behind the batch. */
  private static int[] order(int rank, int axis, boolean last) {
    int[] order = new int[rank];
    int place = last ? 1 : 2;
    for (int i = 1; i < rank; i++) {
      if (i != axis) {
        order[place++] = i;
      }
    }

    order[last ? rank - 1 : 1] = axis;
    return order;
  }
}
