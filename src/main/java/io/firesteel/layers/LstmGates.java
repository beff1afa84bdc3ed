package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.activations.Activations;
import io.firesteel.tensor.FloatMath;
import io.firesteel.tensor.FloatOps;
import java.util.Arrays;

/**
 * The gates and cells of an {@link LSTM} with its usual activations, tanh and sigmoid: the same
 * operations in the same order as with any others, so the same bits, but each step in one loop over
 * arrays of its own, which the JVM's compiler turns into vector instructions. A thread uses one
 * again and again.
 */
final class LstmGates {

  private static final ActivationFunction TANH = Activations.get("tanh");
  private static final ActivationFunction SIGMOID = Activations.get("sigmoid");
  private static final ThreadLocal<LstmGates> OWN = ThreadLocal.withInitial(LstmGates::new);

  private float[] input = {};
  private float[] forget = {};
  private float[] candidate = {};
  private float[] output = {};
  private float[] cell = {};
  private float[] active = {};
  private float[] ofState = {};
  private float[] ofCell = {};

  private LstmGates() {}

  /** Tells whether activations are those that this class computes. */
  static boolean areUsual(RecurrentArguments arguments) {
    return arguments.activation() == TANH && arguments.gates() == SIGMOID;
  }

  /** Returns the thread's own, for that many states. */
  static LstmGates of(int states) {
    LstmGates own = OWN.get();
    if (own.input.length < states) {
      own.input = new float[states];
      own.forget = new float[states];
      own.candidate = new float[states];
      own.output = new float[states];
      own.cell = new float[states];
      own.active = new float[states];
      own.ofState = new float[states];
      own.ofCell = new float[states];
    }

    return own;
  }

  /** Computes gates, cell and state of a step from the sums in z. */
  void forward(RecurrentSteps s, int step) {
    int n = s.rows * s.units;
    take(s, step);
    FloatMath.sigmoid(input, input, n);
    FloatMath.sigmoid(forget, forget, n);
    FloatMath.tanh(candidate, candidate, n);
    FloatMath.sigmoid(output, output, n);
    keep(s, step, n);
    System.arraycopy(s.values, s.state(s.first, step), cell, 0, n);
    nextCell(n);
    System.arraycopy(cell, 0, s.values, s.state(s.first, step + 1), n);
    FloatMath.tanh(cell, active, n);
    System.arraycopy(active, 0, s.values, s.state(s.second, step), n);
    for (int i = 0; i < n; i++) {
      cell[i] = output[i] * active[i];
    }

    System.arraycopy(cell, 0, s.values, s.state(s.h, step + 1), n);
  }

  private void nextCell(int n) {
    for (int i = 0; i < n; i++) {
      cell[i] = forget[i] * cell[i] + input[i] * candidate[i];
    }
  }

  /** Puts the gradients of the gates into z, and that of the cell before into its place. */
  void backward(RecurrentSteps s, int step) {
    int n = s.rows * s.units;
    takeKept(s, step, n);
    System.arraycopy(s.values, s.state(s.first, step), cell, 0, n);
    System.arraycopy(s.values, s.state(s.second, step), active, 0, n);
    System.arraycopy(s.values, s.ofState, ofState, 0, n);
    System.arraycopy(s.values, s.ofCell, ofCell, 0, n);
    gradients(n);
    put(s, step);
    FloatOps.flush(s.values, s.z(step), s.z(step) + s.rows * s.width);
    System.arraycopy(ofCell, 0, s.values, s.ofCell, n);
    Arrays.fill(s.values, s.ofState, s.ofState + n, 0.0f);
  }

  private void gradients(int n) {
    for (int k = 0; k < n; k++) {
      float i = input[k];
      float f = forget[k];
      float g = candidate[k];
      float o = output[k];
      float a = active[k];
      float h = ofState[k];
      float c = ofCell[k] + h * o * (1.0f - a * a);
      output[k] = h * a * (o * (1.0f - o));
      candidate[k] = c * i * (1.0f - g * g);
      input[k] = c * g * (i * (1.0f - i));
      forget[k] = c * cell[k] * (f * (1.0f - f));
      ofCell[k] = c * f;
    }
  }

  private void take(RecurrentSteps s, int step) {
    s.take(s.z(step), 0, input);
    s.take(s.z(step), 1, forget);
    s.take(s.z(step), 2, candidate);
    s.take(s.z(step), 3, output);
  }

  /** Keeps the gates for the way back in the place of their sums, one whole gate after another. */
  private void keep(RecurrentSteps s, int step, int n) {
    int z = s.z(step);
    System.arraycopy(input, 0, s.values, z, n);
    System.arraycopy(forget, 0, s.values, z + n, n);
    System.arraycopy(candidate, 0, s.values, z + 2 * n, n);
    System.arraycopy(output, 0, s.values, z + 3 * n, n);
  }

  private void takeKept(RecurrentSteps s, int step, int n) {
    int z = s.z(step);
    System.arraycopy(s.values, z, input, 0, n);
    System.arraycopy(s.values, z + n, forget, 0, n);
    System.arraycopy(s.values, z + 2 * n, candidate, 0, n);
    System.arraycopy(s.values, z + 3 * n, output, 0, n);
  }

  private void put(RecurrentSteps s, int step) {
    s.put(input, s.z(step), 0);
    s.put(forget, s.z(step), 1);
    s.put(candidate, s.z(step), 2);
    s.put(output, s.z(step), 3);
  }
}
