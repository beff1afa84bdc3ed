package io.firesteel.internal.onnx;

import io.firesteel.layers.AdditiveAttention;
import io.firesteel.layers.MultiHeadAttention;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
  private final int rank;
  private final List<Integer> axes = new ArrayList<>();
  private final List<Integer> others = new ArrayList<>();

  private AttentionOps(OnnxCall call) {
    this.call = call;
    this.graph = call.graph();
    this.heads = (int) call.config().integer("num_heads", 1);
    this.biased = call.config().bool("use_bias", false);
    this.gated = call.config().bool("use_gate", false);
    this.rank = call.shape().rank();
    Object given = call.config().any("attention_axes");
    for (int axis = 1; axis < rank; axis++) {
      others.add(axis);
    }

    for (Object axis : given instanceof List<?> several ? several : List.copyOf(others)) {
      int index = ((Number) axis).intValue();
      axes.add(index < 0 ? index + rank + 1 : index);
    }

    others.removeAll(axes);
  }

  static String multiHead(OnnxCall call) {
    return new AttentionOps(call).ofHeads();
  }

  /** Attention without projections. */
  static String scored(OnnxCall call) {
    return new AttentionOps(call).ofScores();
  }

  private String ofScores() {
    String counts = and(near(rank - 2), call.masks().get(1), 1);
    String scores = scores(call.inputs().get(call.inputs().size() - 1));
    if (counts != null) {
      String less = graph.op("Sub", scores, graph.scalar(MASKED));
      scores = graph.op("Where", counts, scores, less);
    }

    String weights = graph.op("Softmax", Map.of("axis", -1), scores);
    String mixed = graph.op("MatMul", weights, call.inputs().get(1));
    String mask = call.mask();
    if (mask != null) {
      String counting = graph.op("Unsqueeze", mask, graph.integers(2));
      mixed = graph.op("Mul", mixed, MaskOps.asFloats(graph, counting));
    }

    return call.row(call.hasScores() ? List.of(mixed, weights) : List.of(mixed));
  }

  /** Returns the scores of (batch, steps of the query, steps of the key). */
  private String scores(String key) {
    String scale = call.hasWeight("scale") ? call.weight("scale") : null;
    boolean additive = call.layer() instanceof AdditiveAttention;
    if (!additive && call.config().string("score_mode").equals("dot")) {
      int[] swapped = IntStream.rangeClosed(0, rank).toArray();
      swapped[rank - 1] = rank;
      swapped[rank] = rank - 1;
      String products = graph.op("MatMul", call.input(), graph.transpose(key, swapped));
      return scale == null ? products : graph.op("Mul", products, scale);
    }

    String query = graph.op("Unsqueeze", call.input(), graph.integers(rank));
    String sums = graph.op("Add", query, graph.op("Unsqueeze", key, graph.integers(rank - 1)));
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
    String queries = grouped(project(0, 0, keyDim), 0, keyDim);
    String keys = graph.transpose(grouped(project(1, ofKey, keyDim), ofKey, keyDim), swapped());
    String values = grouped(project(gated ? 3 : 2, 1, valueDim), 1, valueDim);
    String scale = graph.scalar((float) (1.0 / Math.sqrt(keyDim)));
    String scores = graph.op("Mul", graph.op("MatMul", queries, keys), scale);
    String counts = counts(ofKey);
    if (counts != null) {
      scores = graph.op("Where", counts, scores, graph.scalar(NO_SCORE));
    }

    String weights = graph.op("Softmax", Map.of("axis", -1), scores);
    boolean fused = call.config().number("dropout") == 0 && rank == 2 && !call.hasScores();
    if (counts != null && !fused) {
      weights = graph.op("Mul", weights, MaskOps.asFloats(graph, counts));
    }

    String mixed = apart(graph.op("MatMul", weights, values), valueDim);
    if (gated) {
      mixed = graph.op("Mul", mixed, graph.op("Sigmoid", project(2, 0, valueDim)));
    }

    Shape output = call.layer().computeOutputShape(call.shapes());
    int steps = call.shape().size() / call.shape().dim(-1);
    String rows = graph.reshape(mixed, Shape.of(steps, heads * valueDim));
    String sums = times(gated ? 4 : 3, rows, heads * valueDim, output.size() / steps);
    String shaped = output.rank() == 2 ? sums : graph.reshape(sums, output);
    return call.row(call.hasScores() ? List.of(shaped, weights) : List.of(shaped));
  }

  /** The order (batch, other axes, heads, attended axes, features) of what is projected. */
  private int[] order() {
    List<Integer> order = new ArrayList<>(List.of(0));
    order.addAll(others);
    order.add(rank);
    order.addAll(axes);
    order.add(rank + 1);
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int extent(Shape row, List<Integer> ofAxes) {
    return ofAxes.stream().mapToInt(axis -> row.dim(axis - 1)).reduce(1, (a, b) -> a * b);
  }

  private Shape groups(int... last) {
    IntStream first = others.stream().mapToInt(axis -> call.shape().dim(axis - 1));
    return Shape.of(IntStream.concat(first, IntStream.of(last)).toArray());
  }

  /** Returns what is projected as (batch, other axes, heads, steps, width). */
  private String grouped(String projected, int input, int width) {
    String ordered = graph.transpose(projected, order());
    int steps = extent(call.shapes().get(input), axes);
    return rank == 2 ? ordered : graph.reshape(ordered, groups(heads, steps, width));
  }

  /** The order in which the last two of the axes of {@link #grouped} are swapped. */
  private int[] swapped() {
    int[] order = IntStream.range(0, others.size() + 4).toArray();
    order[order.length - 2] = order.length - 1;
    order[order.length - 1] = order.length - 2;
    return order;
  }

  /** Returns (batch, other axes, heads, steps, width) in the order of the query. */
  private String apart(String mixed, int width) {
    int[] order = order();
    int[] back = new int[order.length];
    Arrays.setAll(back, at -> IntStream.range(0, order.length).filter(i -> order[i] == at).sum());
    List<Integer> dims = new ArrayList<>();
    others.forEach(axis -> dims.add(call.shape().dim(axis - 1)));
    dims.add(heads);
    axes.forEach(axis -> dims.add(call.shape().dim(axis - 1)));
    dims.add(width);
    String wide = rank == 2 ? mixed : graph.reshape(mixed, Shape.of(dims));
    return graph.transpose(wide, back);
  }

  /** Returns an input times a kernel, as (batch, axes, heads, width). */
  private String project(int projection, int input, int width) {
    Shape row = call.shapes().get(input);
    String product =
        times(projection, call.inputs().get(input), row.dim(-1), Math.multiplyExact(heads, width));
    List<Long> dims = new ArrayList<>(row.toList().subList(0, rank - 1));
    dims.addAll(List.of((long) heads, (long) width));
    return graph.reshape(product, Shape.of(dims));
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
    String counts = near(axes.get(0) - 1);
    if (call.inputs().size() == 4) {
      String given = call.inputs().get(3);
      String seen = graph.op("Not", graph.op("Equal", given, graph.scalar(0)));
      Shape pairs = Shape.of(extent(call.shape(), axes), extent(call.shapes().get(1), axes));
      int groups = others.size();
      int more = call.shapes().get(3).rank() - 2 * axes.size();
      if (rank > 2) {
        int[] steps = pairs.dims();
        Shape ofHeads = groups(heads, steps[0], steps[1]);
        seen = graph.reshape(seen, more > groups ? ofHeads : more == 0 ? pairs : groups(steps));
      }

      int[] missing = IntStream.rangeClosed(more + 1, groups + 1).toArray();
      counts = and(counts, seen, missing);
    }

    int head = others.size() + 1;
    counts = and(counts, call.masks().get(0), head, head + 2);
    counts = and(counts, call.masks().get(1), head, head + 1);
    return ofKey == 1 ? counts : and(counts, call.masks().get(ofKey), head, head + 1);
  }

  private @Nullable String and(@Nullable String counts, @Nullable String mask, int... missing) {
    if (mask == null) {
      return counts;
    }

    String wide = missing.length == 0 ? mask : graph.op("Unsqueeze", mask, graph.integers(missing));
    return counts == null ? wide : graph.op("And", counts, wide);
  }

  /** Returns the steps that are near enough to each other and not later, or null if all are. */
  private @Nullable String near(int axis) {
    Object given = call.config().any("sliding_window");
    int window = given instanceof Number number ? number.intValue() : Integer.MAX_VALUE;
    if (window == Integer.MAX_VALUE && !call.isCausal()) {
      return null;
    }

    int ofQuery = call.shape().dim(axis);
    int ofValue = call.shapes().get(1).dim(axis);
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
