package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A gated recurrent unit (Cho et al. 2014; Keras 3.15, keras/src/layers/rnn/gru.py): with the gates
 * z, r = recurrent_activation(x kernel + bias + h recurrent_kernel + recurrent bias), the candidate
 * is g = activation(x kernel + bias + r (h recurrent_kernel + recurrent bias)) and h_t = z h_(t-1)
 * + (1 - z) g. The columns of the weights are z, r, g.
 *
 * <p>Without {@link #resetAfter} there is no recurrent bias, and the candidate is g = activation(x
 * kernel + bias + (r h) recurrent_kernel).
 */
public final class GRU extends RecurrentLayer<GRU> {

  private static final String NAME = "GRU";
  private static final int[] PARTS = {0, 1, 3};
  private static final float[] NO_BIAS = new float[0];

  private final boolean resetAfter;

  private GRU(int units, boolean resetAfter, RecurrentArguments arguments, LayerOptions options) {
    super(NAME, units, arguments, options);
    this.resetAfter = resetAfter;
  }

  /** Returns the layer with Keras's defaults: the state after the last step. */
  public static GRU of(int units) {
    return new GRU(units, true, RecurrentArguments.DEFAULT, LayerOptions.DEFAULT);
  }

  /**
   * Returns this layer with the reset gate applied after the product of the state and its kernel,
   * as it is by default, or before it, as in the paper.
   */
  public GRU resetAfter(boolean value) {
    return new GRU(units(), value, arguments(), options());
  }

  /** Returns this layer with an activation of the gates: a name, a function, a layer or null. */
  public GRU recurrentActivation(@Nullable Object identifier) {
    return with(
        arguments()
            .withActivations(
                arguments().activation(), LayerActivation.get(identifier), arguments().useBias()));
  }

  static GRU fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    GRU layer =
        new GRU(
            reader.size("units", 1),
            reader.bool("reset_after", true),
            RecurrentArguments.read(reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected GRU with(LayerOptions newOptions) {
    return new GRU(units(), resetAfter, arguments(), newOptions);
  }

  @Override
  GRU with(RecurrentArguments newArguments) {
    return new GRU(units(), resetAfter, newArguments, options());
  }

  @Override
  int gates() {
    return 3;
  }

  @Override
  int[] ownParts() {
    return PARTS;
  }

  /** Those of the input come first, those of the state second. */
  @Override
  Shape biasShape() {
    return resetAfter ? Shape.of(2, 3 * units()) : super.biasShape();
  }

  @Override
  int recurrentGradients(RecurrentSteps s) {
    return s.third;
  }

  private static int product(RecurrentSteps s, int step) {
    return s.third + s.z(step) - s.z;
  }

  /** Its own parts are the state's product for the candidate, and all products of the state. */
  @Override
  void forward(RecurrentSteps s, LayerCall call, int step) {
    if (!resetAfter) {
      ResetBefore.forward(this, s, call, step);
      return;
    }

    int z = s.z(step);
    int product = product(s, step);
    float[] v = s.values;
    MatMul.multiplyPart(
        v, entering(s, call, step), call.weight(1), v, product, s.rows, s.units, s.width);
    float[] bias = arguments().useBias() ? call.weight(2) : NO_BIAS;
    for (int row = 0; row < s.rows; row++) {
      addProducts(s, z + row * s.width, product + row * s.width, bias);
    }

    ActivationFunction gates = arguments().gates();
    s.activate(gates, z, 0);
    s.activate(gates, z, 1);
    int inner = s.state(s.second, step);
    for (int row = 0; row < s.rows; row++) {
      int gate = z + row * s.width;
      for (int u = 0; u < s.units; u++) {
        float own = v[product + row * s.width + 2 * s.units + u];
        v[inner + row * s.units + u] = own;
        v[gate + 2 * s.units + u] += v[gate + s.units + u] * own;
      }
    }

    s.activate(arguments().activation(), z, 2);
    for (int row = 0; row < s.rows; row++) {
      mix(s, step, row);
    }
  }

  /** Adds the state's bias to its products, and these to the first two gates. */
  private static void addProducts(RecurrentSteps s, int z, int product, float[] bias) {
    float[] v = s.values;
    for (int i = 0; i < s.width && bias.length > 0; i++) {
      v[product + i] += bias[s.width + i];
    }

    for (int i = 0; i < 2 * s.units; i++) {
      v[z + i] += v[product + i];
    }
  }

  /** Computes the state after a step from the gates. */
  static void mix(RecurrentSteps s, int step, int row) {
    float[] v = s.values;
    int z = s.z(step) + row * s.width;
    int before = s.state(s.h, step) + row * s.units;
    int after = s.state(s.h, step + 1) + row * s.units;
    for (int u = 0; u < s.units; u++) {
      float gate = v[z + u];
      v[after + u] = gate * v[before + u] + (1 - gate) * v[z + 2 * s.units + u];
    }
  }

  @Override
  void backward(RecurrentSteps s, LayerCall call, int step) {
    if (!resetAfter) {
      ResetBefore.backward(this, s, call, step);
      return;
    }

    int z = s.z(step);
    float[] v = s.values;
    ActivationFunction gates = arguments().gates();
    float[] of = s.ofGate;
    int inner = s.state(s.second, step);
    unmix(s, step);
    s.backward(arguments().activation(), z, 2);
    int product = product(s, step);
    for (int row = 0; row < s.rows; row++) {
      for (int u = 0; u < s.units; u++) {
        int i = row * s.units + u;
        int gate = z + row * s.width + u;
        float ofCandidate = v[gate + 2 * s.units];
        v[product + row * s.width + 2 * s.units + u] = ofCandidate * v[gate + s.units];
        of[i] = ofCandidate * v[inner + i];
      }
    }

    s.backward(gates, z, 1);
    System.arraycopy(v, s.ofCell, of, 0, s.rows * s.units);
    s.backward(gates, z, 0);
    for (int row = 0; row < s.rows; row++) {
      int at = row * s.width;
      System.arraycopy(v, z + at, v, product + at, 2 * s.units);
    }
  }

  /**
   * Turns the gradient of the state after a step into those of the candidate, in ofGate, of the
   * update gate, in ofCell, and what reaches the state before the step directly, in ofState.
   */
  static void unmix(RecurrentSteps s, int step) {
    float[] v = s.values;
    int before = s.state(s.h, step);
    for (int row = 0; row < s.rows; row++) {
      for (int u = 0; u < s.units; u++) {
        int i = row * s.units + u;
        int gate = s.z(step) + row * s.width + u;
        float ofState = v[s.ofState + i];
        v[s.ofCell + i] = ofState * (v[before + i] - v[gate + 2 * s.units]);
        s.ofGate[i] = ofState * (1 - v[gate]);
        v[s.ofState + i] = ofState * v[gate];
      }
    }
  }

  @Override
  void addRecurrentGradient(RecurrentSteps s, float[] ofKernel) {
    if (!resetAfter) {
      ResetBefore.addRecurrentGradient(s, ofKernel);
    }
  }

  @Override
  public Config getConfig() {
    Config.Builder config = finish(config(true)).put("reset_after", resetAfter);
    return config.put("seed", arguments().seed()).build();
  }
}
