package io.firesteel.internal.onnx;

import io.firesteel.tensor.Shape;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Attention of several heads, as products of matrices of (batch, head, steps, features). */
final class AttentionOps {

  /** The score of a step that does not count: none at all beside one that does. */
  private static final float NO_SCORE = -3e38f;

  private final OnnxCall call;
  private final OnnxGraph graph;
  private final int heads;
  private final boolean biased;

  private AttentionOps(OnnxCall call) {
    this.call = call;
    this.graph = call.graph();
    this.heads = call.config().size("num_heads", 1);
    this.biased = call.config().bool("use_bias");
  }

  static String multiHead(OnnxCall call) {
    if (call.config().bool("use_gate") || call.inputs().size() > 3) {
      throw call.refused("use_gate and attention_mask are not exported");
    }

    return new AttentionOps(call).export();
  }

  private String export() {
    int ofKey = call.inputs().size() - 1;
    int keyDim = call.config().size("key_dim", 1);
    int valueDim = call.config().size("value_dim", 1);
    String queries = graph.transpose(project(0, 0, keyDim), 0, 2, 1, 3);
    String keys = graph.transpose(project(1, ofKey, keyDim), 0, 2, 3, 1);
    String values = graph.transpose(project(2, 1, valueDim), 0, 2, 1, 3);
    String scale = graph.scalar((float) (1.0 / Math.sqrt(keyDim)));
    String scores = graph.op("Mul", graph.op("MatMul", queries, keys), scale);
    String counts = counts(ofKey);
    if (counts != null) {
      scores = graph.op("Where", counts, scores, graph.scalar(NO_SCORE));
    }

    String weights = graph.op("Softmax", Map.of("axis", -1), scores);
    if (counts != null && call.config().number("dropout") > 0) {
      weights = graph.op("Mul", weights, MaskOps.asFloats(graph, counts));
    }

    String mixed = graph.transpose(graph.op("MatMul", weights, values), 0, 2, 1, 3);
    Shape steps = Shape.of(call.shape().dim(0), heads * valueDim);
    return times(3, graph.reshape(mixed, steps), heads * valueDim, call.output().dim(1));
  }

  /** Returns an input times a kernel, as (batch, steps, heads, width). */
  private String project(int projection, int input, int width) {
    Shape row = call.shapes().get(input);
    String product =
        times(projection, call.inputs().get(input), row.dim(1), Math.multiplyExact(heads, width));
    return graph.reshape(product, Shape.of(row.dim(0), heads, width));
  }

  /** Returns vectors times a kernel, plus its bias. */
  private String times(int projection, String vectors, int inner, int columns) {
    int weight = biased ? 2 * projection : projection;
    String kernel = call.constant("kernel_" + projection, call.values(weight), inner, columns);
    String product = graph.op("MatMul", vectors, kernel);
    return biased
        ? graph.op(
            "Add", product, call.constant("bias_" + projection, call.values(weight + 1), columns))
        : product;
  }

  /** Returns which steps of the value count for which of the query, or null for all. */
  private @Nullable String counts(int ofKey) {
    String counts = window();
    counts = and(counts, call.masks().get(0), 1, 3);
    counts = and(counts, call.masks().get(1), 1, 2);
    return ofKey == 1 ? counts : and(counts, call.masks().get(ofKey), 1, 2);
  }

  private @Nullable String and(@Nullable String counts, @Nullable String mask, int... axes) {
    if (mask == null) {
      return counts;
    }

    String wide = graph.op("Unsqueeze", mask, graph.integers(axes));
    return counts == null ? wide : graph.op("And", counts, wide);
  }

  /** Returns the steps that are near enough to each other, or null if all are. */
  private @Nullable String window() {
    if (!(call.config().any("sliding_window") instanceof Number window)) {
      return null;
    }

    int ofQuery = call.shape().dim(0);
    int ofValue = call.shapes().get(1).dim(0);
    float[] near = new float[ofQuery * ofValue];
    for (int i = 0; i < near.length; i++) {
      near[i] = Math.abs(i / ofValue - i % ofValue) < window.intValue() ? 1 : 0;
    }

    String steps = call.constant("window", near, ofQuery, ofValue);
    return graph.op("Greater", steps, graph.scalar(0.5f));
  }
}
