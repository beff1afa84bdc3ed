package io.firesteel.internal.onnx;

import io.firesteel.layers.AdditiveAttention;
import io.firesteel.layers.MultiHeadAttention;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attention: that of several heads as products of matrices of (batch, head, steps, features), that
 * without projections as products of (batch, steps, features).
 */
final class AttentionOps {

  /** The score of a step that does not count: none at all beside one that does. */
  private static final float NO_SCORE = -3e38f;

  /** What layers without projections take off the score of a step that does not count. */
  private static final float MASKED = 1e9f;

  private final OnnxCall call;
  private final OnnxGraph graph;
  private final int heads;
  private final boolean biased;
  private final boolean gated;

  private AttentionOps(OnnxCall call) {
    this.call = call;
    this.graph = call.graph();
    this.heads = (int) call.config().integer("num_heads", 1);
    this.biased = call.config().bool("use_bias", false);
    this.gated = call.config().bool("use_gate", false);
  }

  static String multiHead(OnnxCall call) {
    return new AttentionOps(call).ofHeads();
  }

  /** Attention without projections. */
  static String scored(OnnxCall call) {
    return new AttentionOps(call).ofScores();
  }

  private String ofScores() {
    String counts = and(near(), call.masks().get(1), 1);
    String scores = scores(call.inputs().get(call.inputs().size() - 1));
    if (counts != null) {
      String less = graph.op("Sub", scores, graph.scalar(MASKED));
      scores = graph.op("Where", counts, scores, less);
    }

    String weights = graph.op("Softmax", Map.of("axis", -1), scores);
    String mixed = graph.op("MatMul", weights, call.inputs().get(1));
    String mask = call.mask();
    return mask == null
        ? mixed
        : graph.op(
            "Mul", mixed, MaskOps.asFloats(graph, graph.op("Unsqueeze", mask, graph.integers(2))));
  }

  /** Returns the scores of (batch, steps of the query, steps of the key). */
  private String scores(String key) {
    String scale = call.hasWeight("scale") ? call.weight("scale") : null;
    boolean additive = call.layer() instanceof AdditiveAttention;
    if (!additive && call.config().string("score_mode").equals("dot")) {
      String products = graph.op("MatMul", call.input(), graph.transpose(key, 0, 2, 1));
      return scale == null ? products : graph.op("Mul", products, scale);
    }

    String query = graph.op("Unsqueeze", call.input(), graph.integers(2));
    String sums = graph.op("Add", query, graph.op("Unsqueeze", key, graph.integers(1)));
    String scaled = scale == null || additive ? sums : graph.op("Mul", sums, scale);
    String bent = graph.op("Tanh", scaled);
    String terms = scale != null && additive ? graph.op("Mul", bent, scale) : bent;
    String total = graph.op("ReduceSum", Map.of("keepdims", 0), terms, graph.integers(-1));
    return additive ? total : graph.op("Mul", total, call.weight("concat_score_weight"));
  }

  private String ofHeads() {
    int ofKey = Math.min(call.inputs().size() - 1, 2);
    int keyDim = call.config().size("key_dim", 1);
    int valueDim = call.config().size("value_dim", 1);
    String queries = graph.transpose(project(0, 0, keyDim), 0, 2, 1, 3);
    String keys = graph.transpose(project(1, ofKey, keyDim), 0, 2, 3, 1);
    String values = graph.transpose(project(gated ? 3 : 2, 1, valueDim), 0, 2, 1, 3);
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
    if (gated) {
      mixed = graph.op("Mul", mixed, graph.op("Sigmoid", project(2, 0, valueDim)));
    }

    Shape steps = Shape.of(call.shape().dim(0), heads * valueDim);
    return times(
        gated ? 4 : 3, graph.reshape(mixed, steps), heads * valueDim, call.output().dim(1));
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
    String counts = near();
    if (call.inputs().size() == 4) {
      String given = call.inputs().get(3);
      String seen = graph.op("Not", graph.op("Equal", given, graph.scalar(0)));
      counts = and(counts, seen, 1);
    }

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

  /** Returns the steps that are near enough to each other and not later, or null if all are. */
  private @Nullable String near() {
    Object given = call.config().any("sliding_window");
    int window = given instanceof Number number ? number.intValue() : Integer.MAX_VALUE;
    if (window == Integer.MAX_VALUE && !call.isCausal()) {
      return null;
    }

    int ofQuery = call.shape().dim(0);
    int ofValue = call.shapes().get(1).dim(0);
    float[] near = new float[ofQuery * ofValue];
    for (int i = 0; i < near.length; i++) {
      int earlier = i / ofValue - i % ofValue;
      boolean isLater = call.isCausal() && earlier < 0;
      near[i] = Math.abs(earlier) < window && !isLater ? 1 : 0;
    }

    String name = call.isCausal() ? "causal_window" : "window"; // A layer may be called both ways.
    String steps = call.constant(name, near, ofQuery, ofValue);
    return graph.op("Greater", steps, graph.scalar(0.5f));
  }

  /** The heads of keys and values are repeated for those of the query. */
  static String grouped(OnnxCall call) {
    ConfigReader config = call.config();
    int heads = config.size("num_query_heads", 1);
    int size = config.size("head_dim", 1);
    int repeats = heads / config.size("num_key_value_heads", 1);
    boolean hasBias = config.bool("use_bias");
    boolean hasGate = config.bool("use_gate");
    MultiHeadAttention layer = MultiHeadAttention.of(heads, size).useBias(hasBias).useGate(hasGate);
    if (config.any("sliding_window") != null) {
      layer = layer.slidingWindow(config.size("sliding_window", 1));
    }

    int each = hasBias ? 2 : 1;
    int value = hasGate ? 3 * each : 2 * each;
    List<float[]> values = new ArrayList<>();
    for (int i = 0; i < call.weights(); i++) {
      boolean shared = (i >= each && i < 2 * each) || (i >= value && i < value + each);
      float[] given = call.values(i);
      float[] repeated = new float[given.length * repeats];
      for (int block = 0; block < repeated.length / size && shared; block++) {
        System.arraycopy(given, block / repeats * size, repeated, block * size, size);
      }

      values.add(shared ? repeated : given);
    }

    return multiHead(call.as(layer, values));
  }
}
