package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.initializers.Initializer;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997; Keras 3.15,
 * keras/src/layers/rnn/lstm.py): with the gates i, f, o = recurrent_activation(x kernel + bias + h
 * recurrent_kernel) and the candidate g = activation(...) likewise, c_t = f c_(t-1) + i g and h_t =
 * o activation(c_t). The columns of the weights are i, f, g, o.
 */
public final class LSTM extends RecurrentLayer<LSTM> {

  private static final String NAME = "LSTM";
  private static final int[] PARTS = {1, 1, 0};

  private final boolean unitForgetBias;

  private LSTM(
      int units, boolean unitForgetBias, RecurrentArguments arguments, LayerOptions options) {
    super(NAME, units, arguments, options);
    this.unitForgetBias = unitForgetBias;
  }

  /** Returns the layer with Keras's defaults: the state after the last step, forget bias 1. */
  public static LSTM of(int units) {
    return new LSTM(units, true, RecurrentArguments.DEFAULT, LayerOptions.DEFAULT);
  }

  /** Returns this layer with the bias of the forget gate starting at 1, or as the others. */
  public LSTM unitForgetBias(boolean value) {
    return new LSTM(units(), value, arguments(), options());
  }

  /** Returns this layer with an activation of the gates: a name, a function, a layer or null. */
  public LSTM recurrentActivation(@Nullable Object identifier) {
    return with(
        arguments()
            .withActivations(
                arguments().activation(), LayerActivation.get(identifier), arguments().useBias()));
  }

  static LSTM fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    boolean forget = reader.bool("unit_forget_bias", true);
    LSTM layer =
        new LSTM(
            reader.size("units", 1),
            forget,
            RecurrentArguments.read(reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected LSTM with(LayerOptions newOptions) {
    return new LSTM(units(), unitForgetBias, arguments(), newOptions);
  }

  @Override
  LSTM with(RecurrentArguments newArguments) {
    return new LSTM(units(), unitForgetBias, newArguments, options());
  }

  @Override
  int gates() {
    return 4;
  }

  @Override
  int[] ownParts() {
    return PARTS;
  }

  @Override
  WeightOptions bias() {
    WeightOptions bias = super.bias();
    return unitForgetBias
        ? new WeightOptions(
            new ForgetBias(bias.initializer(), units()), bias.regularizer(), bias.constraint())
        : bias;
  }

  /** Ones for the second of four gates, what another initializer gives for the others. */
  private static final class ForgetBias extends Initializer {
    private final Initializer others;
    private final int units;

    ForgetBias(Initializer others, int units) {
      this.others = others;
      this.units = units;
    }

    @Override
    public float[] call(Shape shape, RandomStream random) {
      float[] values = others.call(shape, random);
      Arrays.fill(values, units, 2 * units, 1.0f);
      return values;
    }

    @Override
    public Config getConfig() {
      return others.getConfig();
    }
  }

  /** The parts of its own are the cells and their activation. */
  @Override
  void forward(RecurrentSteps s, LayerCall call, int step) {
    int z = s.z(step);
    MatMul.addProductPart(
        s.values, entering(s, call, step), call.weight(1), s.values, z, s.rows, s.units, s.width);
    forwardGates(s, step);
  }

  /** Computes the state after a step from the whole sums of the gates in z. */
  void forwardGates(RecurrentSteps s, int step) {
    int z = s.z(step);
    ActivationFunction gates = arguments().gates();
    if (LstmGates.areUsual(arguments())) {
      LstmGates.of(s.rows * s.units).forward(s, step);
      return;
    }

    s.activate(gates, z, 0);
    s.activate(gates, z, 1);
    s.activate(arguments().activation(), z, 2);
    s.activate(gates, z, 3);
    int before = s.state(s.first, step);
    int after = s.state(s.first, step + 1);
    for (int row = 0; row < s.rows; row++) {
      cells(s.values, z + row * s.width, before + row * s.units, after + row * s.units, s.units);
    }

    int n = s.rows * s.units;
    int active = s.state(s.second, step);
    System.arraycopy(s.values, after, s.gate, 0, n);
    arguments().activation().call(s.gate, s.gate, s.rows, s.units);
    System.arraycopy(s.gate, 0, s.values, active, n);
    int state = s.state(s.h, step + 1);
    for (int row = 0; row < s.rows; row++) {
      int o = z + row * s.width + 3 * s.units;
      multiply(s.values, o, s.gate, row * s.units, state + row * s.units, s.units);
    }
  }

  private static void cells(float[] v, int z, int before, int after, int units) {
    for (int u = 0; u < units; u++) {
      v[after + u] = v[z + units + u] * v[before + u] + v[z + u] * v[z + 2 * units + u];
    }
  }

  private static void multiply(float[] v, int o, float[] cell, int from, int to, int units) {
    for (int u = 0; u < units; u++) {
      v[to + u] = v[o + u] * cell[from + u];
    }
  }

  @Override
  void backward(RecurrentSteps s, LayerCall call, int step) {
    if (LstmGates.areUsual(arguments())) {
      LstmGates.of(s.rows * s.units).backward(s, step);
      return;
    }

    int z = s.z(step);
    int n = s.rows * s.units;
    float[] v = s.values;
    int active = s.state(s.second, step);
    float[] ofCell = s.ofGate;
    for (int row = 0; row < s.rows; row++) {
      int o = z + row * s.width + 3 * s.units;
      multiply(v, s.ofState + row * s.units, o, ofCell, row * s.units, s.units);
    }

    s.backward(arguments().activation(), s.state(s.first, step + 1), active, ofCell);
    for (int i = 0; i < n; i++) {
      v[s.ofCell + i] += ofCell[i];
    }

    gateGradients(s, step, active);
    Arrays.fill(v, s.ofState, s.ofState + n, 0.0f);
  }

  private static void multiply(float[] v, int a, int b, float[] to, int at, int units) {
    for (int u = 0; u < units; u++) {
      to[at + u] = v[a + u] * v[b + u];
    }
  }

  /** Puts the gradients of the gates in their places, and that of the cell before into ofCell. */
  private void gateGradients(RecurrentSteps s, int step, int active) {
    int z = s.z(step);
    float[] v = s.values;
    int n = s.rows * s.units;
    int next = s.ofCell + n;
    for (int row = 0; row < s.rows; row++) {
      int at = row * s.units;
      multiply(v, s.ofCell + at, z + row * s.width + s.units, v, next + at, s.units);
    }

    ActivationFunction gates = arguments().gates();
    for (int i = 0; i < n; i++) {
      s.ofGate[i] = v[s.ofState + i] * v[active + i];
    }

    s.backward(gates, z, 3);
    float[] ofInputGate = of(s, step, 2);
    System.arraycopy(ofInputGate, 0, v, s.ofState, n);
    of(s, step, 0);
    s.backward(arguments().activation(), z, 2);
    System.arraycopy(v, s.ofState, s.ofGate, 0, n);
    s.backward(gates, z, 0);
    int before = s.state(s.first, step);
    for (int i = 0; i < n; i++) {
      s.ofGate[i] = v[s.ofCell + i] * v[before + i];
    }

    s.backward(gates, z, 1);
    System.arraycopy(v, next, v, s.ofCell, n);
  }

  /** Fills ofGate with the gradient of the cell times a gate, and returns it. */
  private static float[] of(RecurrentSteps s, int step, int gate) {
    int z = s.z(step);
    for (int row = 0; row < s.rows; row++) {
      int g = z + row * s.width + gate * s.units;
      multiply(s.values, s.ofCell + row * s.units, g, s.ofGate, row * s.units, s.units);
    }

    return s.ofGate;
  }

  @Override
  public Config getConfig() {
    Config.Builder config = config(true).put("unit_forget_bias", unitForgetBias);
    return finish(config).put("seed", arguments().seed()).build();
  }
}
