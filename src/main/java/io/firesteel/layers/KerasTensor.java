package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * An output of one call of a layer, while a functional model is put together: a place in the graph,
 * without values. Two calls make two tensors, also of one layer.
 */
public final class KerasTensor {

  private final Node node;
  private final int index;
  private final Shape shape;

  private KerasTensor(Node node, int index, Shape shape) {
    this.node = node;
    this.index = index;
    this.shape = shape;
  }

  /** One call of a layer. */
  public static final class Node {

    private final Layer layer;
    private final List<KerasTensor> inputs;
    private final CallOptions options;
    private final List<KerasTensor> outputs = new ArrayList<>();

    private Node(Layer layer, List<KerasTensor> inputs, CallOptions options) {
      this.layer = layer;
      this.inputs = List.copyOf(inputs);
      this.options = options;
    }

    /** Returns the layer that was called. */
    public Layer layer() {
      return layer;
    }

    /** Returns what it was called on; nothing for an input. */
    public List<KerasTensor> inputs() {
      return inputs;
    }

    /** Returns the arguments of the call that are no tensors. */
    public CallOptions options() {
      return options;
    }

    /** Returns the outputs of the call. */
    public List<KerasTensor> outputs() {
      return outputs;
    }
  }

  /** Returns the rows of a model's input. */
  static KerasTensor of(InputLayer layer, Shape shape) {
    return node(layer, List.of(), CallOptions.NONE, List.of(shape)).outputs().get(0);
  }

  /**
   * Returns the output of a call of a layer.
   *
   * @param options the arguments of the call that are no tensors
   */
  public static KerasTensor of(Layer layer, List<KerasTensor> inputs, CallOptions options) {
    Node node = node(layer, inputs, options);
    if (node.outputs().size() > 1) {
      throw new IllegalArgumentException(
          "%s has %d outputs, which callForAll returns; call is for layers of one"
              .formatted(describe(layer), node.outputs().size()));
    }

    return node.outputs().get(0);
  }

  /**
   * Returns a call of a layer.
   *
   * @throws IllegalArgumentException if the layer does not take such inputs
   */
  public static Node node(Layer layer, List<KerasTensor> inputs, CallOptions options) {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException(
          "%s must be called on outputs of layers. Received: no inputs".formatted(describe(layer)));
    }

    if (options.useCausalMask() && !(layer instanceof AttentionLayer<?>)) {
      throw new IllegalArgumentException("%s has no 'use_causal_mask'".formatted(describe(layer)));
    }

    if (options.returnAttentionScores() && !(layer instanceof AttentionLayer<?>)) {
      throw new IllegalArgumentException(
          "%s has no 'return_attention_scores'".formatted(describe(layer)));
    }

    if (options.reverse() && !(layer instanceof ReversibleEmbedding)) {
      throw new IllegalArgumentException("%s has no 'reverse'".formatted(describe(layer)));
    }

    List<Shape> shapes = inputs.stream().map(KerasTensor::shape).toList();
    try {
      return node(layer, inputs, options, options.outputShapes(layer, shapes));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "%s does not take inputs of the shapes %s: %s"
              .formatted(describe(layer), shapes, e.getMessage()),
          e);
    }
  }

  /** Returns a call of a layer of any number of outputs. */
  public static Node node(
      Layer layer, List<KerasTensor> inputs, CallOptions options, List<Shape> outputs) {
    Node node = new Node(layer, inputs, options);
    for (Shape shape : outputs) {
      node.outputs.add(new KerasTensor(node, node.outputs.size(), shape));
    }

    return node;
  }

  private static String describe(Layer layer) {
    String type = layer.getClass().getSimpleName();
    return layer.name() == null ? "The layer " + type : "The layer '%s'".formatted(layer.name());
  }

  /** Returns the shape of one row, without the batch. */
  public Shape shape() {
    return shape;
  }

  /** Returns the call whose output this is. */
  public Node node() {
    return node;
  }

  /** Returns which of the call's outputs this is. */
  public int index() {
    return index;
  }

  @Override
  public String toString() {
    return "<KerasTensor shape=%s, layer=%s>".formatted(shape, node.layer.name());
  }
}
