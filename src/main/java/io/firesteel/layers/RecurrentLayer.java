package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer that goes through the steps of a sequence with a state (Keras 3.15,
 * keras/src/layers/rnn/rnn.py). Its output is the state after the last step, or after each one
 * ({@link #returnSequences}). At a step that the mask leaves out the state stays as it was.
 *
 * <p>Differs from Keras: {@code return_state} and {@code stateful} must be false; the activations
 * must be ones whose slope follows from their value; {@code unroll} changes nothing.
 *
 * @param <L> the layer's own class
 */
public abstract class RecurrentLayer<L extends RecurrentLayer<L>> extends KerasLayer<L> {

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
    return with(arguments.withFlags(value, arguments.goBackwards()));
  }

  /** Returns this layer with the last step first, or not; its output is in the order of going. */
  public final L goBackwards(boolean value) {
    return with(arguments.withFlags(arguments.returnSequences(), value));
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

  @Override
  public final Shape computeOutputShape(Shape input) {
    Sequences.require(getClass().getSimpleName(), input);
    return arguments.returnSequences() ? Shape.of(input.dim(0), units) : Shape.of(units);
  }

  @Override
  public final List<WeightSpec> weights(Shape input) {
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
  public final boolean supportsMasking() {
    return true;
  }

  @Override
  public final @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    return arguments.returnSequences() ? masks.get(0) : null;
  }

  private RecurrentSteps steps(Shape input, LayerCall call) {
    return new RecurrentSteps(call, input.dim(0), input.dim(1), units, gates(), ownParts());
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    RecurrentSteps s = steps(input, call);
    drawFactors(s, call);
    copyInputs(s, call);
    MatMul.multiplyPart(
        s.values, s.x, call.weight(0), s.values, s.z, s.steps * s.rows, s.inputs, s.width);
    addBias(s, call);
    Arrays.fill(s.values, s.h, s.h + s.rows * units, 0.0f);
    Arrays.fill(s.values, s.first, s.first + s.rows * units * Math.min(1, ownParts()[0]), 0.0f);
    for (int step = 0; step < s.steps; step++) {
      dropState(s, call, step);
      forward(s, call, step);
      keepMasked(s, call, step);
    }

    putOutput(s, call);
  }

  /** Draws what each row's inputs and states are multiplied by in all steps. */
  private void drawFactors(RecurrentSteps s, LayerCall call) {
    if (!call.training() || arguments.dropout() + arguments.recurrentDropout() == 0) {
      return;
    }

    Long seed = arguments.seed();
    RandomStream random =
        seed == null ? RandomStream.of(call.seed()) : RandomStream.of(seed, call.seed());
    draw(s, s.inputFactors, s.rows * s.inputs, arguments.dropout(), random);
    draw(s, s.stateFactors, s.rows * units, arguments.recurrentDropout(), random);
  }

  private static void draw(RecurrentSteps s, int at, int n, double rate, RandomStream random) {
    float kept = (float) (1.0 / (1.0 - rate));
    for (int i = at; i < at + n; i++) {
      s.values[i] = rate > 0 && random.nextFloat() < (float) rate ? 0.0f : kept;
    }
  }

  private boolean dropsInputs(LayerCall call) {
    return call.training() && arguments.dropout() > 0;
  }

  private boolean dropsStates(LayerCall call) {
    return call.training() && arguments.recurrentDropout() > 0;
  }

  /** Returns which step of the input comes at a place. */
  private int source(RecurrentSteps s, int step) {
    return arguments.goBackwards() ? s.steps - 1 - step : step;
  }

  private void copyInputs(RecurrentSteps s, LayerCall call) {
    boolean drops = dropsInputs(call);
    for (int step = 0; step < s.steps; step++) {
      for (int row = 0; row < s.rows; row++) {
        int from = (row * s.steps + source(s, step)) * s.inputs;
        int to = s.x + (step * s.rows + row) * s.inputs;
        System.arraycopy(call.input(), from, s.values, to, s.inputs);
        if (drops) {
          multiply(s, to, s.inputFactors + row * s.inputs, s.inputs);
        }
      }
    }
  }

  private static void multiply(RecurrentSteps s, int at, int factors, int n) {
    for (int i = 0; i < n; i++) {
      s.values[at + i] *= s.values[factors + i];
    }
  }

  private void addBias(RecurrentSteps s, LayerCall call) {
    if (arguments.useBias()) {
      float[] bias = call.weight(2);
      int end = s.z + s.steps * s.rows * s.width;
      for (int at = s.z; at < end; at += s.width) {
        for (int i = 0; i < s.width; i++) {
          s.values[at + i] += bias[i];
        }
      }
    }
  }

  private void dropState(RecurrentSteps s, LayerCall call, int step) {
    if (dropsStates(call)) {
      int n = s.rows * units;
      int to = s.state(s.dropped, step);
      System.arraycopy(s.values, s.state(s.h, step), s.values, to, n);
      multiply(s, to, s.stateFactors, n);
    }
  }

  /** Returns where the states are that a step multiplies. */
  final int entering(RecurrentSteps s, LayerCall call, int step) {
    return s.state(dropsStates(call) ? s.dropped : s.h, step);
  }

  private boolean counts(RecurrentSteps s, boolean[] mask, int row, int step) {
    return mask[row * s.steps + source(s, step)];
  }

  private void keepMasked(RecurrentSteps s, LayerCall call, int step) {
    boolean[] mask = call.mask(0);
    for (int row = 0; mask != null && row < s.rows; row++) {
      if (!counts(s, mask, row, step)) {
        keep(s, s.h, row, step);
        if (ownParts()[0] > 0) {
          keep(s, s.first, row, step);
        }
      }
    }
  }

  private void keep(RecurrentSteps s, int part, int row, int step) {
    int from = s.state(part, step) + row * units;
    System.arraycopy(s.values, from, s.values, s.state(part, step + 1) + row * units, units);
  }

  private void putOutput(RecurrentSteps s, LayerCall call) {
    float[] y = call.output();
    if (!arguments.returnSequences()) {
      System.arraycopy(s.values, s.state(s.h, s.steps), y, 0, s.rows * units);
      return;
    }

    boolean[] mask = arguments.zeroOutputForMask() ? call.mask(0) : null;
    for (int step = 0; step < s.steps; step++) {
      for (int row = 0; row < s.rows; row++) {
        int to = (row * s.steps + step) * units;
        if (mask != null && !counts(s, mask, row, step)) {
          Arrays.fill(y, to, to + units, 0.0f);
        } else {
          System.arraycopy(s.values, s.state(s.h, step + 1) + row * units, y, to, units);
        }
      }
    }
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    RecurrentSteps s = steps(input, call);
    Arrays.fill(s.values, s.ofState, s.ofCell + 2 * s.rows * units, 0.0f);
    if (!arguments.returnSequences()) {
      System.arraycopy(call.outputGradient(), 0, s.values, s.ofState, s.rows * units);
    }

    for (int step = s.steps - 1; step >= 0; step--) {
      addOutputGradient(s, call, step);
      backwardStep(s, call, step);
    }

    weightGradients(s, call);
    inputGradient(s, call);
  }

  private void addOutputGradient(RecurrentSteps s, LayerCall call, int step) {
    if (!arguments.returnSequences()) {
      return;
    }

    boolean[] mask = arguments.zeroOutputForMask() ? call.mask(0) : null;
    for (int row = 0; row < s.rows; row++) {
      if (mask == null || counts(s, mask, row, step)) {
        int from = (row * s.steps + step) * units;
        for (int i = 0; i < units; i++) {
          s.values[s.ofState + row * units + i] += call.outputGradient()[from + i];
        }
      }
    }
  }

  /** Of a masked row the gradients of state and cell pass the step by, and its gates have none. */
  private void backwardStep(RecurrentSteps s, LayerCall call, int step) {
    boolean[] mask = call.mask(0);
    int n = s.rows * units;
    float[] passing = mask == null ? new float[0] : new float[2 * n];
    if (mask != null) {
      System.arraycopy(s.values, s.ofState, passing, 0, 2 * n);
    }

    backward(s, call, step);
    for (int row = 0; mask != null && row < s.rows; row++) {
      if (!counts(s, mask, row, step)) {
        clearGates(s, row, step);
      }
    }

    addProductGradient(s, call, step);
    for (int row = 0; mask != null && row < s.rows; row++) {
      if (!counts(s, mask, row, step)) {
        int at = row * units;
        System.arraycopy(passing, at, s.values, s.ofState + at, units);
        System.arraycopy(passing, n + at, s.values, s.ofCell + at, units);
      }
    }
  }

  private void clearGates(RecurrentSteps s, int row, int step) {
    int at = s.z(step) + row * s.width;
    Arrays.fill(s.values, at, at + s.width, 0.0f);
    int other = at - s.z + recurrentGradients(s);
    Arrays.fill(s.values, other, other + s.width, 0.0f);
  }

  /** Adds to the gradient of the state before a step what comes through the product. */
  private void addProductGradient(RecurrentSteps s, LayerCall call, int step) {
    int n = s.rows * units;
    int from = recurrentGradients(s) + s.z(step) - s.z;
    MatMul.timesTransposedPart(s.values, from, call.weight(1), s.ofGate, 0, s.rows, s.width, units);
    boolean drops = dropsStates(call);
    for (int i = 0; i < n; i++) {
      float factor = drops ? s.values[s.stateFactors + i] : 1.0f;
      s.values[s.ofState + i] += s.ofGate[i] * factor;
    }
  }

  private void weightGradients(RecurrentSteps s, LayerCall call) {
    int all = s.steps * s.rows;
    float[] ofKernel = call.weightGradient(0);
    if (ofKernel != null) {
      Arrays.fill(ofKernel, 0.0f);
      MatMul.addTransposedTimesPart(
          s.values, s.x, s.values, s.z, ofKernel, 0, all, s.inputs, s.width);
    }

    float[] ofRecurrent = call.weightGradient(1);
    if (ofRecurrent != null) {
      int gradients = recurrentGradients(s);
      Arrays.fill(ofRecurrent, 0.0f);
      MatMul.addTransposedTimesPart(
          s.values, entering(s, call, 0), s.values, gradients, ofRecurrent, 0, all, units, s.width);
    }

    float[] ofBias = arguments.useBias() ? call.weightGradient(2) : null;
    if (ofBias != null) {
      Arrays.fill(ofBias, 0.0f);
      addRows(s, s.z, ofBias, 0);
      if (ofBias.length > s.width) {
        addRows(s, recurrentGradients(s), ofBias, s.width);
      }
    }
  }

  private static void addRows(RecurrentSteps s, int part, float[] sum, int to) {
    int end = part + s.steps * s.rows * s.width;
    for (int at = part; at < end; at += s.width) {
      for (int i = 0; i < s.width; i++) {
        sum[to + i] += s.values[at + i];
      }
    }
  }

  private void inputGradient(RecurrentSteps s, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    MatMul.timesTransposedPart(
        s.values, s.z, call.weight(0), s.values, s.x, s.steps * s.rows, s.width, s.inputs);
    boolean drops = dropsInputs(call);
    for (int step = 0; step < s.steps; step++) {
      for (int row = 0; row < s.rows; row++) {
        int from = s.x + (step * s.rows + row) * s.inputs;
        if (drops) {
          multiply(s, from, s.inputFactors + row * s.inputs, s.inputs);
        }

        int to = (row * s.steps + source(s, step)) * s.inputs;
        System.arraycopy(s.values, from, ofInput, to, s.inputs);
      }
    }
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
