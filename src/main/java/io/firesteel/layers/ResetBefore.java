package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.tensor.MatMul;
import java.util.Arrays;

/**
 * The steps of a {@link GRU} whose reset gate comes before the product: its own parts are the
 * states times the reset gate, and the products of the state, on the way back the gradients of the
 * first two gates with zeros for the candidate's.
 */
final class ResetBefore {

  private ResetBefore() {}

  private static int product(RecurrentSteps s, int step) {
    return s.third + s.z(step) - s.z;
  }

  static void forward(GRU layer, RecurrentSteps s, LayerCall call, int step) {
    int z = s.z(step);
    int product = product(s, step);
    int entering = layer.entering(s, call, step);
    float[] v = s.values;
    MatMul.multiplyPart(v, entering, call.weight(1), v, product, s.rows, s.units, s.width);
    addColumns(s, product, z, 0, 2 * s.units);
    ActivationFunction gates = layer.arguments().gates();
    s.activate(gates, z, 0);
    s.activate(gates, z, 1);
    int reset = s.state(s.second, step);
    for (int row = 0; row < s.rows; row++) {
      for (int u = 0; u < s.units; u++) {
        int i = row * s.units + u;
        v[reset + i] = v[z + row * s.width + s.units + u] * v[entering + i];
      }
    }

    MatMul.multiplyPart(v, reset, call.weight(1), v, product, s.rows, s.units, s.width);
    addColumns(s, product, z, 2 * s.units, 3 * s.units);
    s.activate(layer.arguments().activation(), z, 2);
    for (int row = 0; row < s.rows; row++) {
      GRU.mix(s, step, row);
    }
  }

  private static void addColumns(RecurrentSteps s, int from, int to, int first, int end) {
    float[] v = s.values;
    for (int row = 0; row < s.rows; row++) {
      for (int i = row * s.width + first; i < row * s.width + end; i++) {
        v[to + i] += v[from + i];
      }
    }
  }

  static void backward(GRU layer, RecurrentSteps s, LayerCall call, int step) {
    int z = s.z(step);
    int n = s.rows * s.units;
    float[] v = s.values;
    ActivationFunction gates = layer.arguments().gates();
    GRU.unmix(s, step);
    s.backward(layer.arguments().activation(), z, 2);
    int product = product(s, step);
    Arrays.fill(v, product, product + s.rows * s.width, 0.0f);
    copyGate(s, z, product, 2);
    float[] of = s.ofGate;
    MatMul.timesTransposedPart(v, product, call.weight(1), of, 0, s.rows, s.width, s.units);
    boolean drops = layer.entering(s, call, step) != s.state(s.h, step);
    int entering = layer.entering(s, call, step);
    for (int row = 0; row < s.rows; row++) {
      for (int u = 0; u < s.units; u++) {
        int i = row * s.units + u;
        float factor = drops ? v[s.stateFactors + i] : 1.0f;
        v[s.ofState + i] += of[i] * v[z + row * s.width + s.units + u] * factor;
        of[i] *= v[entering + i];
      }
    }

    s.backward(gates, z, 1);
    System.arraycopy(v, s.ofCell, of, 0, n);
    s.backward(gates, z, 0);
    Arrays.fill(v, product, product + s.rows * s.width, 0.0f);
    copyGate(s, z, product, 0);
    copyGate(s, z, product, 1);
  }

  private static void copyGate(RecurrentSteps s, int from, int to, int index) {
    for (int row = 0; row < s.rows; row++) {
      int at = row * s.width + index * s.units;
      System.arraycopy(s.values, from + at, s.values, to + at, s.units);
    }
  }

  /** The candidate's columns, from the states times the reset gate. */
  static void addRecurrentGradient(RecurrentSteps s, float[] ofKernel) {
    float[] all = new float[s.units * s.width];
    MatMul.addTransposedTimesPart(
        s.values, s.second, s.values, s.z, all, 0, s.steps * s.rows, s.units, s.width);
    for (int row = 0; row < s.units; row++) {
      for (int i = row * s.width + 2 * s.units; i < (row + 1) * s.width; i++) {
        ofKernel[i] += all[i];
      }
    }
  }
}
