package io.firesteel.internal.onnx;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The feature block: numeric columns, ids, and a sparse vector, which is a dense one here. */
final class FeatureOps {

  private static final int INT64 = 7;

  private FeatureOps() {}

  static String featureBlock(OnnxCall call) {
    OnnxGraph graph = call.graph();
    int numeric = call.config().list("numeric").size();
    List<?> columns = call.config().list("ids");
    boolean linear = call.config().bool("linear");
    List<String> logits = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    List<String> vectors = new ArrayList<>();
    if (linear) {
      logits.add(call.weight("linear/bias"));
    }

    if (numeric > 0) {
      String numbers = VectorOps.slice(graph, call.input(), 0, numeric, 1);
      parts.add(numbers);
      if (linear) {
        logits.add(graph.op("MatMul", numbers, call.weight("linear/kernel")));
      }
    }

    for (int i = 0; i < columns.size(); i++) {
      Config column = (Config) columns.get(i);
      String name = column.reader("ids").string("column");
      String values = VectorOps.slice(graph, call.input(), numeric + i, numeric + i + 1, 1);
      String ids =
          graph.op("Squeeze", graph.op("Cast", Map.of("to", INT64), values), graph.integers(1));
      if (linear) {
        logits.add(graph.op("Gather", call.weight(name + "/linear"), ids));
      }

      if (call.hasWeight(name + "/embeddings")) {
        vectors.add(graph.op("Gather", call.weight(name + "/embeddings"), ids));
      }
    }

    String sparse =
        call.config().any("sparse") == null ? "" : sparse(call, numeric + columns.size());
    if (!sparse.isEmpty()) {
      logits.add(sparse);
    }

    if (call.config().any("interactions") != null) {
      parts.add(0, interactions(graph, vectors));
    }

    if (linear) {
      parts.add(0, sum(call, logits));
    }

    parts.addAll(vectors);
    return graph.op("Concat", Map.of("axis", 1), parts.toArray(new String[0]));
  }

  /** Returns the sparse vector times its weights. */
  private static String sparse(OnnxCall call, int first) {
    String name = call.config().config("sparse").reader("sparse").string("column");
    int end = call.shape().size();
    String vector = VectorOps.slice(call.graph(), call.input(), first, end, 1);
    return call.graph().op("MatMul", vector, call.weight(name + "/linear"));
  }

  /** Adds up logits; of a bias alone it makes one for each row. */
  private static String sum(OnnxCall call, List<String> logits) {
    String sum = logits.get(0);
    for (String logit : logits.subList(1, logits.size())) {
      sum = call.graph().op("Add", sum, logit);
    }

    return sum;
  }

  /** The products of each two vectors of a row of shape (fields, k). */
  static String fmInteraction(OnnxCall call) {
    OnnxGraph graph = call.graph();
    String x = call.input();
    String squares =
        graph.op("ReduceSum", Map.of("keepdims", 0), graph.op("Mul", x, x), graph.integers(1));
    String sum = graph.op("ReduceSum", Map.of("keepdims", 0), x, graph.integers(1));
    return half(graph, graph.op("Sub", graph.op("Mul", sum, sum), squares));
  }

  /** 1/2 sum_k ((sum_f v_fk)^2 - sum_f v_fk^2) of the vectors of all ids. */
  private static String interactions(OnnxGraph graph, List<String> vectors) {
    String sum = vectors.get(0);
    String squares = graph.op("Mul", sum, sum);
    for (String vector : vectors.subList(1, vectors.size())) {
      sum = graph.op("Add", sum, vector);
      squares = graph.op("Add", squares, graph.op("Mul", vector, vector));
    }

    return half(graph, graph.op("Sub", graph.op("Mul", sum, sum), squares));
  }

  private static String half(OnnxGraph graph, String products) {
    String all = graph.op("ReduceSum", Map.of("keepdims", 1), products, graph.integers(1));
    return graph.op("Mul", all, graph.scalar(0.5f));
  }
}
