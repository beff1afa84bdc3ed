package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention of several heads (Vaswani et al. 2017; Keras 3.15,
 * keras/src/layers/attention/multi_head_attention.py): each head projects query, key and value by
 * weights of its own, and gives each step of the query the mean of the values, weighted by
 * softmax(query key / sqrt(key_dim)); a last weight mixes the heads. With {@code useGate} the
 * heads' outputs are multiplied by a sigmoid of the query before. Called on (query, value), (query,
 * value, key) or (query, value, key, attention mask), each of (steps, features); with two inputs
 * the value is the key too. The attention mask, of (steps of the query, steps of the value), tells
 * with values that are not 0 what sees what.
 *
 * <p>A step that the mask of the value (or key) leaves out gets no weight; the output has the mask
 * of the query. A step of the query that is masked itself, or has nothing left to attend to, gives
 * all values the same weight, or none with {@code dropout}, as in Keras on JAX.
 *
 * <p>Differs from Keras: inputs are sequences, so that {@code attention_axes} is 1; {@code
 * output_shape} is one number; the scores are no output.
 */
public final class MultiHeadAttention extends AttentionLayer<MultiHeadAttention> {

  static final List<String> CALL_NAMES = List.of("query", "value", "key", "attention_mask");

  private static final String NAME = "MultiHeadAttention";

  private final Attending arguments;
  private final WeightOptions kernel;
  private final WeightOptions bias;

  /** What the heads compute. */
  record Attending(
      int heads,
      int keyDim,
      int valueDim,
      double dropout,
      boolean useBias,
      boolean useGate,
      @Nullable Integer outputDim,
      @Nullable Integer slidingWindow,
      @Nullable Long seed) {

    int keyWidth() {
      return Math.multiplyExact(heads, keyDim);
    }

    int valueWidth() {
      return Math.multiplyExact(heads, valueDim);
    }
  }

  private MultiHeadAttention(
      Attending arguments, WeightOptions kernel, WeightOptions bias, LayerOptions options) {
    super(options);
    this.arguments = arguments;
    this.kernel = kernel;
    this.bias = bias;
    Argument.integer(NAME, "num_heads", 1, arguments.heads());
    Argument.integer(NAME, "key_dim", 1, arguments.keyDim());
    Argument.integer(NAME, "value_dim", 1, arguments.valueDim());
    Argument.belowOne(NAME, "dropout", arguments.dropout());
  }

  /**
   * Returns the layer with Keras's defaults.
   *
   * @param heads the number of heads
   * @param keyDim the length of each head's queries, keys and values
   */
  public static MultiHeadAttention of(int heads, int keyDim) {
    return new MultiHeadAttention(
        new Attending(heads, keyDim, keyDim, 0, true, false, null, null, null),
        WeightOptions.of("glorot_uniform"),
        WeightOptions.of("zeros"),
        LayerOptions.DEFAULT);
  }

  private MultiHeadAttention with(Attending a) {
    return new MultiHeadAttention(a, kernel, bias, options());
  }

  /** Returns this layer with another length of each head's values. */
  public MultiHeadAttention valueDim(int value) {
    Attending a = arguments;
    return with(
        new Attending(
            a.heads,
            a.keyDim,
            value,
            a.dropout,
            a.useBias,
            a.useGate,
            a.outputDim,
            a.slidingWindow,
            a.seed));
  }

  /** Returns this layer with a share, below 1, of the weights of steps dropped in training. */
  public MultiHeadAttention dropout(double rate) {
    Attending a = arguments;
    return with(
        new Attending(
            a.heads,
            a.keyDim,
            a.valueDim,
            rate,
            a.useBias,
            a.useGate,
            a.outputDim,
            a.slidingWindow,
            a.seed));
  }

  /** Returns this layer with biases or without. */
  public MultiHeadAttention useBias(boolean value) {
    Attending a = arguments;
    return with(
        new Attending(
            a.heads,
            a.keyDim,
            a.valueDim,
            a.dropout,
            value,
            a.useGate,
            a.outputDim,
            a.slidingWindow,
            a.seed));
  }

  /** Returns this layer with the heads' outputs multiplied by a sigmoid of the query or not. */
  public MultiHeadAttention useGate(boolean value) {
    Attending a = arguments;
    return with(
        new Attending(
            a.heads,
            a.keyDim,
            a.valueDim,
            a.dropout,
            a.useBias,
            value,
            a.outputDim,
            a.slidingWindow,
            a.seed));
  }

  /** Returns this layer with so many features a step as its output, not those of the query. */
  public MultiHeadAttention outputShape(int value) {
    Attending a = arguments;
    Argument.integer(NAME, "output_shape", 1, value);
    return with(
        new Attending(
            a.heads,
            a.keyDim,
            a.valueDim,
            a.dropout,
            a.useBias,
            a.useGate,
            value,
            a.slidingWindow,
            a.seed));
  }

  /** Returns this layer with attention to steps that are less than so many apart. */
  public MultiHeadAttention slidingWindow(int value) {
    Attending a = arguments;
    Argument.integer(NAME, "sliding_window", 1, value);
    return with(
        new Attending(
            a.heads,
            a.keyDim,
            a.valueDim,
            a.dropout,
            a.useBias,
            a.useGate,
            a.outputDim,
            value,
            a.seed));
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
    Object axes = reader.any("attention_axes");
    if (axes != null && !axes.equals(1L) && !axes.equals(List.of(1L))) {
      throw reader.invalid("attention_axes", "null or 1, as others are not supported");
    }

    int keyDim = reader.size("key_dim", 1);
    Integer value = optional(reader, "value_dim");
    Attending arguments =
        new Attending(
            reader.size("num_heads", 1),
            keyDim,
            value == null ? keyDim : value,
            reader.number("dropout", 0),
            reader.bool("use_bias", true),
            reader.bool("use_gate", false),
            optional(reader, "output_shape"),
            optional(reader, "sliding_window"),
            reader.nullableInteger("seed", null));
    MultiHeadAttention layer =
        new MultiHeadAttention(
            arguments,
            WeightOptions.read(reader, "kernel", WeightOptions.of("glorot_uniform")),
            WeightOptions.read(reader, "bias", WeightOptions.of("zeros")),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  /** Reads null, an integer, or a list of one. */
  private static @Nullable Integer optional(ConfigReader reader, String key) {
    Object given = reader.any(key);
    Object one = given instanceof List<?> list && list.size() == 1 ? list.get(0) : given;
    if (one == null) {
      return null;
    }

    if (one instanceof Long number && number >= 1 && number <= Integer.MAX_VALUE) {
      return number.intValue();
    }

    throw reader.invalid(key, "null or one integer >= 1, as others are not supported");
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
    return outputShape(NAME, inputs, outputWidth(inputs));
  }

  /** Checks the inputs of such a layer, and returns the shape of a row of its output. */
  static Shape outputShape(String layer, List<Shape> inputs, int width) {
    if (inputs.size() < 2 || inputs.size() > 4) {
      throw new IllegalArgumentException(
          "%s takes (query, value), (query, value, key) or (query, value, key, attention_mask). Received: %d inputs"
              .formatted(layer, inputs.size()));
    }

    inputs.forEach(input -> Sequences.require(layer, input));
    if (inputs.size() == 4 && !inputs.get(3).equals(seen(inputs))) {
      throw new IllegalArgumentException(
          "%s needs an attention mask of the shape %s. Received: %s"
              .formatted(layer, seen(inputs), inputs.get(3)));
    }

    if (inputs.size() > 2 && inputs.get(1).dim(0) != inputs.get(2).dim(0)) {
      throw new IllegalArgumentException(
          "%s needs a value and a key of as many steps. Received the shapes: %s and %s"
              .formatted(layer, inputs.get(1), inputs.get(2)));
    }

    return Shape.of(inputs.get(0).dim(0), width);
  }

  private static Shape seen(List<Shape> inputs) {
    return Shape.of(inputs.get(0).dim(0), inputs.get(1).dim(0));
  }

  private int outputWidth(List<Shape> inputs) {
    Integer given = arguments.outputDim();
    return given == null ? inputs.get(0).dim(1) : given;
  }

  @Override
  public List<WeightSpec> weights(List<Shape> inputs) {
    int heads = arguments.heads();
    Shape keys = Shape.of(heads, arguments.keyDim());
    Shape values = Shape.of(heads, arguments.valueDim());
    int key = inputs.get(Math.min(inputs.size() - 1, 2)).dim(1);
    List<WeightSpec> weights = new ArrayList<>();
    add(weights, "query_dense", Shape.of(inputs.get(0).dim(1), heads, keys.dim(1)), keys, 1);
    add(weights, "key_dense", Shape.of(key, heads, keys.dim(1)), keys, 1);
    if (arguments.useGate()) {
      add(weights, "_gate_dense", Shape.of(inputs.get(0).dim(1), heads, values.dim(1)), values, 1);
    }

    add(weights, "value_dense", Shape.of(inputs.get(1).dim(1), heads, values.dim(1)), values, 1);
    int width = outputWidth(inputs);
    Shape mixing = Shape.of(heads, values.dim(1), width);
    add(weights, "output_dense", mixing, Shape.of(width), 2);
    return weights;
  }

  /**
   * Adds the weights of a projection.
   *
   * @param summed how many of the kernel's axes, the first ones, are summed over
   */
  private void add(List<WeightSpec> weights, String part, Shape shape, Shape ofBias, int summed) {
    List<Long> axes = List.of(0L, 1L, 2L);
    WeightOptions own = kernel.withAxes(axes.subList(0, summed), axes.subList(summed, 3));
    weights.add(own.spec("kernel", shape, trainable()).ofPart(part));
    if (arguments.useBias()) {
      weights.add(bias.spec("bias", ofBias, trainable()).ofPart(part));
    }
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }

  private AttentionPass pass(List<Shape> inputs, LayerCall call) {
    return new AttentionPass(arguments, inputs, outputWidth(inputs), call);
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
    Integer width = a.outputDim();
    Config.Builder config =
        baseConfig()
            .put("num_heads", a.heads())
            .put("key_dim", a.keyDim())
            .put("value_dim", a.valueDim())
            .put("dropout", a.dropout())
            .put("use_bias", a.useBias())
            .put("use_gate", a.useGate())
            .put("output_shape", width == null ? null : List.of(width))
            .put("attention_axes", List.of(1))
            .put("sliding_window", a.slidingWindow());
    kernel.putInitializer(config, "kernel");
    bias.putInitializer(config, "bias");
    kernel.putRegularizer(config, "kernel");
    bias.putRegularizer(config, "bias");
    config.putIfAbsent("activity_regularizer", null);
    kernel.putConstraint(config, "kernel");
    bias.putConstraint(config, "bias");
    return config.put("seed", a.seed()).build();
  }
}
