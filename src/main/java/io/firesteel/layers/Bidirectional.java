package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent layer that goes through a sequence from its start, and another one that goes through
 * it from its end; both outputs are merged (Keras 3.15, keras/src/layers/rnn/bidirectional.py).
 * Without a merge mode both are outputs of their own. The states, to begin with or put out, are
 * those of the first layer and then those of the second.
 */
public final class Bidirectional extends SequenceLayer<Bidirectional> {

  private static final String NAME = "Bidirectional";
  private static final List<String> MODES = List.of("concat", "sum", "ave", "mul");

  private final RecurrentLayer<?> forward;
  private final RecurrentLayer<?> backward;
  private final @Nullable String mergeMode;

  private Bidirectional(
      RecurrentLayer<?> forward,
      RecurrentLayer<?> backward,
      @Nullable String mergeMode,
      LayerOptions options) {
    super(options);
    this.forward = part(forward, options.trainable());
    this.backward = part(backward, options.trainable());
    this.mergeMode =
        mergeMode == null ? null : Argument.oneOf(NAME, "merge_mode", mergeMode, MODES);
    boolean opposite =
        forward.arguments().goBackwards() != backward.arguments().goBackwards()
            && forward.returnsSequences() == backward.returnsSequences()
            && forward.returnsState() == backward.returnsState();
    if (!opposite) {
      throw new IllegalArgumentException(
          "Bidirectional: 'layer' and 'backward_layer' must go in opposite directions, and agree in"
              + " return_sequences and return_state");
    }
  }

  /** In Keras a masked step's output is 0 in both parts, whatever they were given. */
  private static RecurrentLayer<?> part(RecurrentLayer<?> layer, boolean trainable) {
    RecurrentArguments given = layer.arguments();
    boolean sequences = given.returnSequences();
    return (RecurrentLayer<?>)
        layer
            .with(given.withFlags(sequences, given.returnState(), given.goBackwards(), sequences))
            .withTrainable(trainable);
  }

  /** Returns the layer whose second part is as the given one, and whose outputs are joined. */
  public static Bidirectional of(RecurrentLayer<?> layer) {
    return new Bidirectional(layer, opposite(layer), "concat", LayerOptions.DEFAULT);
  }

  private static RecurrentLayer<?> opposite(RecurrentLayer<?> layer) {
    return layer.goBackwards(!layer.arguments().goBackwards());
  }

  /**
   * Returns this layer with its outputs merged by {@code concat}, {@code sum}, {@code ave} or
   * {@code mul}, or as two outputs with null.
   */
  public Bidirectional mergeMode(@Nullable String value) {
    return new Bidirectional(forward, backward, value, options());
  }

  static Bidirectional fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    RecurrentLayer<?> forward = layer(reader, reader.config("layer"), "layer");
    Config second = reader.nullableConfig("backward_layer");
    RecurrentLayer<?> backward =
        second == null ? opposite(forward) : layer(reader, second, "backward_layer");
    boolean apart = reader.seen("merge_mode") && reader.any("merge_mode") == null;
    String mode = apart ? null : reader.string("merge_mode", "concat");
    Bidirectional layer = new Bidirectional(forward, backward, mode, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  private static RecurrentLayer<?> layer(ConfigReader reader, Config config, String key) {
    if (Layers.deserialize(config) instanceof RecurrentLayer<?> recurrent) {
      return recurrent;
    }

    throw reader.invalid(key, "one of LSTM, GRU, SimpleRNN");
  }

  @Override
  protected Bidirectional with(LayerOptions newOptions) {
    return new Bidirectional(forward, backward, mergeMode, newOptions);
  }

  @Override
  List<Shape> stateShapes(Shape input) {
    List<Shape> shapes = new ArrayList<>(forward.stateShapes(input));
    shapes.addAll(backward.stateShapes(input));
    return shapes;
  }

  @Override
  boolean returnsState() {
    return forward.returnsState();
  }

  @Override
  boolean returnsSequences() {
    return forward.returnsSequences();
  }

  @Override
  List<Shape> sequenceOutputs(Shape input) {
    Shape one = forward.sequenceOutputs(input).get(0);
    Shape other = backward.sequenceOutputs(input).get(0);
    if (mergeMode == null) {
      return List.of(one, other);
    }

    if (mergeMode.equals("concat")) {
      return List.of(one.withLast(one.dim(-1) + other.dim(-1)));
    }

    if (!one.equals(other)) {
      throw new IllegalArgumentException(
          "Bidirectional: merge_mode=%s needs outputs of one shape. Received: %s and %s"
              .formatted(mergeMode, one, other));
    }

    return List.of(one);
  }

  @Override
  public List<WeightSpec> weights(List<Shape> inputs) {
    List<WeightSpec> weights = new ArrayList<>();
    forward.weights(inputs).forEach(weight -> weights.add(weight.withinPart("forward_layer")));
    backward.weights(inputs).forEach(weight -> weights.add(weight.withinPart("backward_layer")));
    return weights;
  }

  /** The inputs of one of the layers, of those of both. */
  private List<Shape> inputs(List<Shape> all, int part) {
    if (all.size() == 1) {
      return all;
    }

    int middle = 1 + forward.states();
    List<Shape> own = new ArrayList<>(all.subList(0, 1));
    own.addAll(part == 0 ? all.subList(1, middle) : all.subList(middle, all.size()));
    return own;
  }

  private InnerCall inner(List<Shape> inputs, LayerCall call, int part) {
    RecurrentLayer<?> layer = part == 0 ? forward : backward;
    int first = part == 0 ? 0 : forward.arguments().useBias() ? 3 : 2;
    int size = call.rows() * layer.outputSize(inputs.get(0));
    InnerCall inner =
        new InnerCall(call, call.rows(), part, first)
            .values(call.input(), call.scratch(2 + part, size), call.mask(0));
    if (inputs.size() == 1) {
      return inner;
    }

    int from = part == 0 ? 1 : 1 + forward.states();
    float[][] states = new float[layer.states()][];
    float[] @Nullable [] gradients = new float[layer.states()][];
    for (int i = 0; i < states.length; i++) {
      states[i] = call.input(from + i);
      gradients[i] = call.inputGradient(from + i);
    }

    return inner.states(states, gradients);
  }

  @Override
  public void forward(List<Shape> inputs, LayerCall call) {
    InnerCall one = inner(inputs, call, 0);
    InnerCall other = inner(inputs, call, 1);
    forward.forward(inputs(inputs, 0), one);
    backward.forward(inputs(inputs, 1), other);
    BothWays both = new BothWays(this, inputs.get(0), call.rows());
    both.merge(one.output(), other.output(), call.output());
  }

  @Override
  public void backward(List<Shape> inputs, LayerCall call) {
    InnerCall one = inner(inputs, call, 0);
    InnerCall other = inner(inputs, call, 1);
    BothWays both = new BothWays(this, inputs.get(0), call.rows());
    float[] ofOne = call.scratch(4, call.rows() * both.ofOne());
    float[] ofOther = call.scratch(5, call.rows() * both.ofOther());
    both.gradients(one.output(), other.output(), call.outputGradient(), ofOne, ofOther);
    float[] ofInput = call.inputGradient();
    int n = call.rows() * inputs.get(0).size();
    float[] ofBackward = ofInput == null ? null : call.scratch(6, n);
    forward.backward(inputs(inputs, 0), one.gradients(ofOne, ofInput));
    backward.backward(inputs(inputs, 1), other.gradients(ofOther, ofBackward));
    for (int i = 0; ofInput != null && ofBackward != null && i < n; i++) {
      ofInput[i] += ofBackward[i];
    }
  }

  RecurrentLayer<?> forwardLayer() {
    return forward;
  }

  RecurrentLayer<?> backwardLayer() {
    return backward;
  }

  @Nullable String mode() {
    return mergeMode;
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("merge_mode", mergeMode)
        .put("layer", Layers.serialize(forward))
        .put("backward_layer", Layers.serialize(backward))
        .build();
  }
}
