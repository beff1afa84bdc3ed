package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Attention of several heads (Vaswani et al. 2017; Keras 3.15,
 * keras/src/layers/attention/multi_head_attention.py): each head projects query, key and value by
 * weights of its own, and gives each step of the query the mean of the values, weighted by
 * softmax(query key / sqrt(key_dim)); a last weight mixes the heads. With {@code useGate} the
 * heads' outputs are multiplied by a sigmoid of the query before. Called on (query, value), (query,
 * value, key) or (query, value, key, attention mask), each of (steps, features); with two inputs
 * the value is the key too. The attention mask, of (steps of the query, steps of the value), or
 * with the heads before these, tells with values that are not 0 what sees what.
 *
 * <p>Inputs may have more axes before the features: what differs along {@code attention_axes} alone
 * sees each other, by default all of a row. The scores that {@link #callForScores} returns are of
 * the shape (other axes, heads, attended axes of the query, attended axes of the value).
 *
 * <p>A step that the mask of the value (or key) leaves out gets no weight; the output has the mask
 * of the query. A step of the query that is masked itself, or has nothing left to attend to, gives
 * all values the same weight, or none with {@code dropout}, scores or more axes, as in Keras on
 * JAX.
 *
 * <p>Differs from Keras: with other attention axes than the last one before the features, masks of
 * the inputs are refused, which do not fit there in Keras; so are {@code sliding_window} and {@code
 * use_causal_mask} along other axes than the first one.
 */
public final class MultiHeadAttention extends AttentionLayer<MultiHeadAttention> {

  static final List<String> CALL_NAMES = List.of("query", "value", "key", "attention_mask");

  private static final String NAME = "MultiHeadAttention";
  private static final String AXES = "attention_axes";

  private final Attending arguments;
  private final WeightOptions kernel;
  private final WeightOptions bias;

  private MultiHeadAttention(
      Attending arguments, WeightOptions kernel, WeightOptions bias, LayerOptions options) {
    super(options);
    this.arguments = arguments;
    this.kernel = kernel;
    this.bias = bias;
    Argument.integer(NAME, "num_heads", 1, arguments.heads);
    Argument.integer(NAME, "key_dim", 1, arguments.keyDim);
    Argument.integer(NAME, "value_dim", 1, arguments.valueDim);
    Argument.belowOne(NAME, "dropout", arguments.dropout);
  }

  /**
   * Returns the layer with Keras's defaults.
   *
   * @param heads the number of heads
   * @param keyDim the length of each head's queries, keys and values
   */
  public static MultiHeadAttention of(int heads, int keyDim) {
    return new MultiHeadAttention(
        new Attending(heads, keyDim, keyDim),
        WeightOptions.of("glorot_uniform"),
        WeightOptions.of("zeros"),
        LayerOptions.DEFAULT);
  }

  private MultiHeadAttention with(Attending a) {
    return new MultiHeadAttention(a, kernel, bias, options());
  }

  /** Returns this layer with another length of each head's values. */
  public MultiHeadAttention valueDim(int value) {
    return with(arguments.with(a -> a.valueDim = value));
  }

  /** Returns this layer with a share, below 1, of the weights of steps dropped in training. */
  public MultiHeadAttention dropout(double rate) {
    return with(arguments.with(a -> a.dropout = rate));
  }

  /** Returns this layer with biases or without. */
  public MultiHeadAttention useBias(boolean value) {
    return with(arguments.with(a -> a.useBias = value));
  }

  /** Returns this layer with the heads' outputs multiplied by a sigmoid of the query or not. */
  public MultiHeadAttention useGate(boolean value) {
    return with(arguments.with(a -> a.useGate = value));
  }

  /** Returns this layer with steps of another shape as its output, not the query's features. */
  public MultiHeadAttention outputShape(int... dims) {
    Config config = Config.builder().put("output_shape", Shape.of(dims).toList()).build();
    Shape output = outputShape(config.reader(NAME));
    return with(arguments.with(a -> a.output = output));
  }

  /**
   * Returns this layer with attention along some axes of the inputs, of which the batch is 0 and
   * negative ones count from the end; without it along all between batch and features.
   */
  public MultiHeadAttention attentionAxes(int... axes) {
    List<Long> given = Arrays.stream(axes).asLongStream().boxed().toList();
    Config config = Config.builder().put(AXES, given).build();
    List<Integer> read = axes(config.reader(NAME));
    return with(arguments.with(a -> a.axes = read));
  }

  /** Returns this layer with attention to steps that are less than so many apart. */
  public MultiHeadAttention slidingWindow(int value) {
    Argument.integer(NAME, "sliding_window", 1, value);
    return with(arguments.with(a -> a.slidingWindow = value));
  }

  /** Returns this layer with the start values of the kernels, by name, instance or config. */
  public MultiHeadAttention kernelInitializer(Object identifier) {
    return new MultiHeadAttention(arguments, kernel.withInitializer(identifier), bias, options());
  }

  /** Returns this layer with a penalty on the kernels, by name, instance or config, or null. */
  public MultiHeadAttention kernelRegularizer(@Nullable Object identifier) {
    return new MultiHeadAttention(arguments, kernel.withRegularizer(identifier), bias, options());
  }

  static MultiHeadAttention fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    int keyDim = reader.size("key_dim", 1);
    Integer value = optional(reader, "value_dim");
    Attending arguments =
        new Attending(reader.size("num_heads", 1), keyDim, value == null ? keyDim : value);
    arguments.dropout = reader.number("dropout", 0);
    arguments.useBias = reader.bool("use_bias", true);
    arguments.useGate = reader.bool("use_gate", false);
    arguments.output = outputShape(reader);
    arguments.axes = axes(reader);
    arguments.slidingWindow = optional(reader, "sliding_window");
    arguments.seed = reader.nullableInteger("seed", null);
    MultiHeadAttention layer =
        new MultiHeadAttention(
            arguments,
            WeightOptions.read(reader, "kernel", WeightOptions.of("glorot_uniform")),
            WeightOptions.read(reader, "bias", WeightOptions.of("zeros")),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  private static @Nullable Integer optional(ConfigReader reader, String key) {
    return reader.any(key) == null ? null : reader.size(key, 1);
  }

  /** Reads null, an integer, or a list of them. */
  private static @Nullable Shape outputShape(ConfigReader reader) {
    Object given = reader.any("output_shape");
    if (given == null || List.of().equals(given)) {
      return null;
    }

    List<Integer> dims = integers(given);
    if (dims.isEmpty() || dims.stream().anyMatch(dim -> dim < 1)) {
      throw reader.invalid("output_shape", "null, or one or several integers >= 1");
    }

    return Shape.of(dims);
  }

  /** Reads null, an integer, or a list of integers that differ. */
  private static @Nullable List<Integer> axes(ConfigReader reader) {
    Object given = reader.any(AXES);
    if (given == null) {
      return null;
    }

    List<Integer> axes = integers(given);
    if (axes.isEmpty() || new HashSet<>(axes).size() < axes.size()) {
      throw reader.invalid(AXES, "null, or one or several integers that differ");
    }

    return axes;
  }

  /** Returns the integers of a list or of one, or none where anything else is given. */
  private static List<Integer> integers(@Nullable Object given) {
    List<?> several = given instanceof List<?> list ? list : Collections.singletonList(given);
    List<Integer> integers = new ArrayList<>();
    for (Object each : several) {
      if (!(each instanceof Long number) || number.intValue() != number) {
        return List.of();
      }

      integers.add(number.intValue());
    }

    return integers;
  }

  @Override
  protected MultiHeadAttention with(LayerOptions newOptions) {
    return new MultiHeadAttention(arguments, kernel, bias, newOptions);
  }

  @Override
  public List<String> callNames() {
    return CALL_NAMES;
  }

  @Override
  public Shape computeOutputShape(List<Shape> inputs) {
    axes(NAME, arguments, inputs);
    Shape query = inputs.get(0);
    int[] steps = Arrays.copyOf(query.dims(), query.rank() - 1);
    int[] each = ofStep(inputs).dims();
    return Shape.of(IntStream.concat(Arrays.stream(steps), Arrays.stream(each)).toArray());
  }

  /** The shape of each step of the output. */
  private Shape ofStep(List<Shape> inputs) {
    Shape given = arguments.output;
    return given == null ? Shape.of(inputs.get(0).dim(-1)) : given;
  }

  /** Checks the inputs of such a layer, and returns what sees what. */
  static AttentionAxes axes(String layer, Attending arguments, List<Shape> inputs) {
    if (inputs.size() < 2 || inputs.size() > 4) {
      throw new IllegalArgumentException(
          "%s takes (query, value), (query, value, key) or (query, value, key, attention_mask). Received: %d inputs"
              .formatted(layer, inputs.size()));
    }

    Shape key = inputs.get(Math.min(inputs.size() - 1, 2));
    AttentionAxes axes = AttentionAxes.of(layer, arguments.axes, inputs.get(0), inputs.get(1), key);
    if (inputs.size() == 4
        && !inputs.get(3).equals(axes.seen())
        && !inputs.get(3).equals(axes.seenOfGroups())
        && !inputs.get(3).equals(axes.scores(arguments.heads))) {
      throw new IllegalArgumentException(
          "%s needs an attention mask of the shape %s. Received: %s"
              .formatted(layer, axes.seen(), inputs.get(3)));
    }

    if (arguments.slidingWindow != null && !axes.isOrdered()) {
      throw new IllegalArgumentException(
          "%s: 'sliding_window' is for attention along the first axis. Received: attention_axes=%s"
              .formatted(layer, axes.axes()));
    }

    return axes;
  }

  @Override
  void requireOrder(List<Shape> inputs) {
    AttentionAxes axes = axes(NAME, arguments, inputs);
    if (!axes.isOrdered()) {
      throw new IllegalArgumentException(
          "%s: 'use_causal_mask' is for attention along the first axis. Received: attention_axes=%s"
              .formatted(NAME, axes.axes()));
    }
  }

  @Override
  Shape scoresShape(List<Shape> inputs) {
    return axes(NAME, arguments, inputs).scores(arguments.heads);
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    boolean hasMasks =
        masks.subList(0, Math.min(masks.size(), 3)).stream().anyMatch(m -> m != null);
    if (hasMasks && !axes(NAME, arguments, inputs).takesMasks()) {
      throw new IllegalArgumentException(
          "The layer '%s' takes inputs with a mask along the last axis before the features only. Received: attention_axes=%s"
              .formatted(name(), arguments.axes));
    }

    return masks.get(0);
  }

  @Override
  public List<WeightSpec> weights(List<Shape> inputs) {
    int heads = arguments.heads;
    Shape keys = Shape.of(heads, arguments.keyDim);
    Shape values = Shape.of(heads, arguments.valueDim);
    int query = inputs.get(0).dim(-1);
    int key = inputs.get(Math.min(inputs.size() - 1, 2)).dim(-1);
    List<WeightSpec> weights = new ArrayList<>();
    add(weights, "query_dense", Shape.of(query, heads, keys.dim(1)), keys, 1);
    add(weights, "key_dense", Shape.of(key, heads, keys.dim(1)), keys, 1);
    if (arguments.useGate) {
      add(weights, "_gate_dense", Shape.of(query, heads, values.dim(1)), values, 1);
    }

    add(weights, "value_dense", Shape.of(inputs.get(1).dim(-1), heads, values.dim(1)), values, 1);
    Shape output = ofStep(inputs);
    List<Long> mixing = new ArrayList<>(values.toList());
    mixing.addAll(output.toList());
    add(weights, "output_dense", Shape.of(mixing), output, 2);
    return weights;
  }

  /**
   * Adds the weights of a projection.
   *
   * @param summed how many of the kernel's axes, the first ones, are summed over
   */
  private void add(List<WeightSpec> weights, String part, Shape shape, Shape ofBias, int summed) {
    List<Long> axes = LongStream.range(0, shape.rank()).boxed().toList();
    WeightOptions own =
        kernel.withAxes(axes.subList(0, summed), axes.subList(summed, shape.rank()));
    weights.add(own.spec("kernel", shape, trainable()).ofPart(part));
    if (arguments.useBias) {
      weights.add(bias.spec("bias", ofBias, trainable()).ofPart(part));
    }
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }

  private AttentionPass pass(List<Shape> inputs, LayerCall call) {
    return new AttentionPass(
        arguments, axes(NAME, arguments, inputs), inputs, ofStep(inputs).size(), call);
  }

  @Override
  public void forward(List<Shape> inputs, LayerCall call) {
    pass(inputs, call).forward();
  }

  @Override
  public void backward(List<Shape> inputs, LayerCall call) {
    pass(inputs, call).backward();
  }

  @Override
  public Config getConfig() {
    Attending a = arguments;
    Shape output = a.output;
    Config.Builder config =
        baseConfig()
            .put("num_heads", a.heads)
            .put("key_dim", a.keyDim)
            .put("value_dim", a.valueDim)
            .put("dropout", a.dropout)
            .put("use_bias", a.useBias)
            .put("use_gate", a.useGate)
            .put("output_shape", output == null ? null : output.toList())
            .put("attention_axes", a.axes)
            .put("sliding_window", a.slidingWindow);
    kernel.putInitializer(config, "kernel");
    bias.putInitializer(config, "bias");
    kernel.putRegularizer(config, "kernel");
    bias.putRegularizer(config, "bias");
    config.putIfAbsent("activity_regularizer", null);
    kernel.putConstraint(config, "kernel");
    bias.putConstraint(config, "bias");
    return config.put("seed", a.seed).build();
  }
}
