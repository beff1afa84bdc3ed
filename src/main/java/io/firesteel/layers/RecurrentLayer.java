package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer that goes through the steps of a sequence with a state (Keras 3.15,
 * keras/src/layers/rnn/rnn.py). Its output is the state after the last step, or after each one
 * ({@link #returnSequences}). At a step that the mask leaves out the state stays as it was.
 *
 * <p>Differs from Keras: {@code stateful} must be false, as batches do not go on where the one
 * before ended; {@code unroll} changes nothing.
 *
 * @param <L> the layer's own class
 */
public abstract class RecurrentLayer<L extends RecurrentLayer<L>> extends SequenceLayer<L> {

  private static final String CELL = "cell";

  private final int units;
  private final RecurrentArguments arguments;

  RecurrentLayer(String name, int units, RecurrentArguments arguments, LayerOptions options) {
    super(options);
    this.units = Argument.size(name, "units", 1, units);
    this.arguments = arguments.check(name);
  }

  abstract L with(RecurrentArguments newArguments);

  /** The number of gates, each of which has its columns of the weights. */
  abstract int gates();

  /** How many values for each state the cell keeps, in its own three parts. */
  abstract int[] ownParts();

  /**
   * Where the gradients of what the state is multiplied by stand: the part {@code z} or another.
   */
  int recurrentGradients(RecurrentSteps s) {
    return s.z;
  }

  /** Computes the state after a step; the products of the input, with the bias, are in z. */
  abstract void forward(RecurrentSteps s, LayerCall call, int step);

  /**
   * Computes, from the gradient of the state after a step, the gradients of the gates, and puts
   * what reaches the state before it on other ways than the product into {@code ofState}.
   */
  abstract void backward(RecurrentSteps s, LayerCall call, int step);

  /** Adds to the gradient of the state's kernel what its gradients in the steps do not tell. */
  void addRecurrentGradient(RecurrentSteps s, float[] ofKernel) {}

  /** The shape of the bias. */
  Shape biasShape() {
    return Shape.of(gates() * units);
  }

  /** The start values of the bias. */
  WeightOptions bias() {
    return arguments.bias();
  }

  final int units() {
    return units;
  }

  final RecurrentArguments arguments() {
    return arguments;
  }

  /** Returns this layer with the state after each step as its output, or after the last one. */
  public final L returnSequences(boolean value) {
    return with(arguments.withSequences(value));
  }

  /**
   * Returns this layer with the states after the last step as further outputs, which {@link
   * #callForAll} returns, or without them.
   */
  public final L returnState(boolean value) {
    return with(
        arguments.withFlags(
            arguments.returnSequences(),
            value,
            arguments.goBackwards(),
            arguments.zeroOutputForMask()));
  }

  /** Returns this layer with the last step first, or not; its output is in the order of going. */
  public final L goBackwards(boolean value) {
    return with(arguments.withBackwards(value));
  }

  /** Returns this layer with a share, below 1, of each row's inputs dropped in training. */
  public final L dropout(double rate) {
    return with(arguments.withDropout(rate, arguments.recurrentDropout(), arguments.seed()));
  }

  /** Returns this layer with a share, below 1, of the state dropped in training. */
  public final L recurrentDropout(double rate) {
    return with(arguments.withDropout(arguments.dropout(), rate, arguments.seed()));
  }

  /** Returns this layer with an activation of the state: a name, a function, a layer or null. */
  public final L activation(@Nullable Object identifier) {
    return with(
        arguments.withActivations(
            LayerActivation.get(identifier), arguments.gates(), arguments.useBias()));
  }

  /** Returns this layer with a bias or without. */
  public final L useBias(boolean value) {
    return with(arguments.withActivations(arguments.activation(), arguments.gates(), value));
  }

  /** Returns this layer with the start values of the kernel, by name, instance or config. */
  public final L kernelInitializer(Object identifier) {
    return with(
        arguments.withWeights(
            arguments.kernel().withInitializer(identifier),
            arguments.recurrent(),
            arguments.bias()));
  }

  /** Returns this layer with a penalty on the kernel, by name, instance or config, or null. */
  public final L kernelRegularizer(@Nullable Object identifier) {
    return with(
        arguments.withWeights(
            arguments.kernel().withRegularizer(identifier),
            arguments.recurrent(),
            arguments.bias()));
  }

  /** Returns this layer with the start values of the state's kernel. */
  public final L recurrentInitializer(Object identifier) {
    return with(
        arguments.withWeights(
            arguments.kernel(),
            arguments.recurrent().withInitializer(identifier),
            arguments.bias()));
  }

  /** The number of tensors that are the state: two with a cell beside it. */
  final int states() {
    return 1 + Math.min(1, ownParts()[0]);
  }

  /** The number of values of a row of the output, with the states where they are put out. */
  final int outputSize(Shape input) {
    int steps = arguments.returnSequences() ? input.dim(0) : 1;
    return (steps + (arguments.returnState() ? states() : 0)) * units;
  }

  @Override
  final List<Shape> stateShapes(Shape input) {
    return Collections.nCopies(states(), Shape.of(units));
  }

  @Override
  final boolean returnsState() {
    return arguments.returnState();
  }

  @Override
  final List<Shape> sequenceOutputs(Shape input) {
    return List.of(arguments.returnSequences() ? Shape.of(input.dim(0), units) : Shape.of(units));
  }

  @Override
  public final List<WeightSpec> weights(List<Shape> inputs) {
    Shape input = inputs.get(0);
    int width = gates() * units;
    List<WeightSpec> weights = new ArrayList<>();
    Shape kernel = Shape.of(input.dim(1), width);
    weights.add(arguments.kernel().spec("kernel", kernel, trainable()).ofPart(CELL));
    Shape recurrent = Shape.of(units, width);
    weights.add(
        arguments.recurrent().spec("recurrent_kernel", recurrent, trainable()).ofPart(CELL));
    if (arguments.useBias()) {
      weights.add(bias().spec("bias", biasShape(), trainable()).ofPart(CELL));
    }

    return weights;
  }

  @Override
  final boolean returnsSequences() {
    return arguments.returnSequences();
  }

  private RecurrentSteps steps(Shape input, LayerCall call) {
    return new RecurrentSteps(
        call, input.dim(0), input.dim(1), units, gates(), ownParts(), arguments.needSums());
  }

  @Override
  public final void forward(List<Shape> inputs, LayerCall call) {
    new RecurrentPass(this, steps(inputs.get(0), call), call).forward(inputs.size());
  }

  @Override
  public final void backward(List<Shape> inputs, LayerCall call) {
    new RecurrentPass(this, steps(inputs.get(0), call), call).backward(inputs.size());
  }

  private boolean dropsStates(LayerCall call) {
    return call.training() && arguments.recurrentDropout() > 0;
  }

  /** Returns where the states are that a step multiplies. */
  final int entering(RecurrentSteps s, LayerCall call, int step) {
    return s.state(dropsStates(call) ? s.dropped : s.h, step);
  }

  /** Returns the config up to the keys that a class has of its own. */
  final Config.Builder config(boolean hasGates) {
    Config.Builder config = Config.builder();
    Config base = baseConfig().build();
    for (String key : List.of("name", "trainable", "dtype")) {
      config.put(key, base.get(key));
    }

    arguments.putFlags(config);
    config.put("units", units);
    arguments.putUpToInitializers(config, hasGates);
    return config;
  }

  /** Puts the penalties and the rest, with the activity regularizer that the layer may have. */
  final Config.Builder finish(Config.Builder config) {
    Object penalty = baseConfig().build().get("activity_regularizer");
    arguments.putRest(config);
    return penalty == null ? config : config.put("activity_regularizer", penalty);
  }
}
