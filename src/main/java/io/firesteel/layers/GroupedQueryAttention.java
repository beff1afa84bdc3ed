package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Attention in which several heads of the query share one of key and value (Ainslie et al. 2023;
 * Keras 3.15, keras/src/layers/attention/grouped_query_attention.py): a {@link MultiHeadAttention}
 * whose kernels of keys and values are repeated for the heads of a group. Inputs are as there;
 * masks stay on its inputs, and the output has the mask of the query.
 *
 * <p>In files and configs it is called {@code GroupQueryAttention}, Keras's public name of it.
 *
 * <p>Differs from Keras: {@code flash_attention} is none of its arguments.
 */
public final class GroupedQueryAttention extends AttentionLayer<GroupedQueryAttention> {

  static final String NAME = "GroupQueryAttention";

  private final Attending attending;
  private final int groups;
  private final WeightOptions kernel;
  private final WeightOptions bias;

  private GroupedQueryAttention(
      Attending attending,
      int groups,
      WeightOptions kernel,
      WeightOptions bias,
      LayerOptions options) {
    super(options);
    this.attending = attending;
    this.groups = groups;
    this.kernel = kernel;
    this.bias = bias;
    Argument.size(NAME, "head_dim", 1, attending.keyDim);
    Argument.size(NAME, "num_query_heads", 1, attending.heads);
    Argument.size(NAME, "num_key_value_heads", 1, groups);
    Argument.require(
        NAME,
        "num_key_value_heads",
        groups,
        attending.heads % groups == 0,
        "a divisor of 'num_query_heads', " + attending.heads);
    Argument.belowOne(NAME, "dropout", attending.dropout);
  }

  /**
   * Returns the layer with Keras's defaults.
   *
   * @param headDim the length of each head's queries, keys and values
   * @param queryHeads the number of heads of the query
   * @param keyValueHeads the number of heads of key and value, a divisor of that
   */
  public static GroupedQueryAttention of(int headDim, int queryHeads, int keyValueHeads) {
    return new GroupedQueryAttention(
        new Attending(queryHeads, headDim, headDim),
        keyValueHeads,
        WeightOptions.of("glorot_uniform"),
        WeightOptions.of("zeros"),
        LayerOptions.DEFAULT);
  }

  private GroupedQueryAttention with(Consumer<Attending> change) {
    return new GroupedQueryAttention(attending.with(change), groups, kernel, bias, options());
  }

  /** Returns this layer with a share, below 1, of the weights of steps dropped in training. */
  public GroupedQueryAttention dropout(double rate) {
    return with(a -> a.dropout = rate);
  }

  /** Returns this layer with biases or without. */
  public GroupedQueryAttention useBias(boolean value) {
    return with(a -> a.useBias = value);
  }

  /** Returns this layer with the heads' outputs multiplied by a sigmoid of the query or not. */
  public GroupedQueryAttention useGate(boolean value) {
    return with(a -> a.useGate = value);
  }

  /** Returns this layer with attention to steps that are less than so many apart. */
  public GroupedQueryAttention slidingWindow(int value) {
    Argument.size(NAME, "sliding_window", 1, value);
    return with(a -> a.slidingWindow = value);
  }

  static GroupedQueryAttention read(ConfigReader reader) {
    int headDim = reader.size("head_dim", 1);
    Attending attending = new Attending(reader.size("num_query_heads", 1), headDim, headDim);
    attending.slidingWindow =
        reader.any("sliding_window") == null ? null : reader.size("sliding_window", 1);
    attending.dropout = reader.number("dropout", 0);
    attending.useBias = reader.bool("use_bias", true);
    attending.useGate = reader.bool("use_gate", false);
    attending.seed = reader.nullableInteger("seed", null);
    return new GroupedQueryAttention(
        attending,
        reader.size("num_key_value_heads", 1),
        WeightOptions.read(reader, "kernel", WeightOptions.of("glorot_uniform")),
        WeightOptions.read(reader, "bias", WeightOptions.of("zeros")),
        LayerOptions.read(reader));
  }

  @Override
  public String className() {
    return NAME;
  }

  @Override
  protected GroupedQueryAttention with(LayerOptions newOptions) {
    return new GroupedQueryAttention(attending, groups, kernel, bias, newOptions);
  }

  @Override
  public List<String> callNames() {
    return MultiHeadAttention.CALL_NAMES;
  }

  @Override
  public Shape computeOutputShape(List<Shape> inputs) {
    inputs.stream().limit(3).forEach(input -> Sequences.require(NAME, input));
    axes(inputs);
    if (inputs.get(0).dim(1) != inputs.get(1).dim(1)) {
      throw new IllegalArgumentException(
          "%s needs a query and a value of as many features. Received the shapes: %s and %s"
              .formatted(NAME, inputs.get(0), inputs.get(1)));
    }

    return inputs.get(0);
  }

  private AttentionAxes axes(List<Shape> inputs) {
    return MultiHeadAttention.axes(NAME, attending, inputs);
  }

  @Override
  Shape scoresShape(List<Shape> inputs) {
    return axes(inputs).scores(attending.heads);
  }

  @Override
  public List<WeightSpec> weights(List<Shape> inputs) {
    int width = inputs.get(0).dim(1);
    int key = inputs.get(Math.min(inputs.size() - 1, 2)).dim(1);
    List<WeightSpec> weights = new ArrayList<>();
    add(weights, "_query_dense", width, attending.heads);
    add(weights, "_key_dense", key, groups);
    if (attending.useGate) {
      add(weights, "_gate_dense", width, attending.heads);
    }

    add(weights, "_value_dense", inputs.get(1).dim(1), groups);
    Shape mixing = Shape.of(attending.heads, attending.keyDim, width);
    add(weights, "_output_dense", mixing, Shape.of(width), 2);
    return weights;
  }

  private void add(List<WeightSpec> weights, String part, int features, int heads) {
    Shape ofBias = Shape.of(heads, attending.keyDim);
    add(weights, part, Shape.of(features, heads, attending.keyDim), ofBias, 1);
  }

  private void add(List<WeightSpec> weights, String part, Shape shape, Shape ofBias, int summed) {
    List<Long> axes = List.of(0L, 1L, 2L);
    WeightOptions own = kernel.withAxes(axes.subList(0, summed), axes.subList(summed, 3));
    weights.add(own.spec("kernel", shape, trainable()).ofPart(part));
    if (attending.useBias) {
      weights.add(bias.spec("bias", ofBias, trainable()).ofPart(part));
    }
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }

  /** The places of the weights of keys and values among all. */
  private int[] shared() {
    int each = attending.useBias ? 2 : 1;
    int value = attending.useGate ? 3 * each : 2 * each;
    return attending.useBias
        ? new int[] {each, each + 1, value, value + 1}
        : new int[] {each, value};
  }

  /** Returns the call of the layer whose heads of keys and values are as many as the query's. */
  private InnerCall inner(LayerCall call) {
    InnerCall inner = InnerCall.around(call);
    int repeats = attending.heads / groups;
    int scratch = 1;
    for (int weight : shared()) {
      int length = call.weight(weight).length * repeats;
      inner.withWeight(weight, call.scratch(scratch++, length));
      boolean trained = call.weightGradient(weight) != null;
      inner.withGradient(weight, trained ? call.scratch(scratch, length) : null);
      scratch++;
    }

    return inner;
  }

  private AttentionPass pass(List<Shape> inputs, InnerCall inner) {
    return new AttentionPass(attending, axes(inputs), inputs, inputs.get(0).dim(1), inner);
  }

  @Override
  public void forward(List<Shape> inputs, LayerCall call) {
    InnerCall inner = inner(call);
    int size = attending.keyDim;
    int repeats = attending.heads / groups;
    for (int weight : shared()) {
      float[] from = call.weight(weight);
      float[] to = inner.weight(weight);
      for (int i = 0; i < from.length * repeats / size; i++) {
        System.arraycopy(from, i / repeats * size, to, i * size, size);
      }
    }

    pass(inputs, inner).forward();
  }

  @Override
  public void backward(List<Shape> inputs, LayerCall call) {
    InnerCall inner = inner(call);
    pass(inputs, inner).backward();
    int size = attending.keyDim;
    int repeats = attending.heads / groups;
    for (int weight : shared()) {
      float[] sum = call.weightGradient(weight);
      float[] each = inner.weightGradient(weight);
      if (sum != null && each != null) {
        Arrays.fill(sum, 0.0f);
        for (int i = 0; i < sum.length * repeats / size; i++) {
          FloatRanges.add(each, i * size, sum, i / repeats * size, size);
        }
      }
    }
  }

  @Override
  public Config getConfig() {
    Config.Builder config =
        baseConfig()
            .put("head_dim", attending.keyDim)
            .put("num_query_heads", attending.heads)
            .put("num_key_value_heads", groups)
            .put("use_bias", attending.useBias)
            .put("use_gate", attending.useGate)
            .put("sliding_window", attending.slidingWindow)
            .put("dropout", attending.dropout);
    kernel.putInitializer(config, "kernel");
    bias.putInitializer(config, "bias");
    kernel.putRegularizer(config, "kernel");
    bias.putRegularizer(config, "bias");
    config.putIfAbsent("activity_regularizer", null);
    kernel.putConstraint(config, "kernel");
    bias.putConstraint(config, "bias");
    return config.put("seed", attending.seed).build();
  }
}
