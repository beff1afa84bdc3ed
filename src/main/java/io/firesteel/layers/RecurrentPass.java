package io.firesteel.layers;

import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.RandomStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One way of a recurrent layer through the steps of a batch, and the way back. */
final class RecurrentPass {

  private final RecurrentLayer<?> layer;
  private final RecurrentArguments arguments;
  private final RecurrentSteps s;
  private final LayerCall call;

  RecurrentPass(RecurrentLayer<?> layer, RecurrentSteps steps, LayerCall call) {
    this.layer = layer;
    this.arguments = layer.arguments();
    this.s = steps;
    this.call = call;
  }

  /**
   * Goes through the steps.
   *
   * @param inputs the number of the call's inputs; those after the first are the states to begin
   *     with
   */
  void forward(int inputs) {
    drawFactors();
    copyInputs();
    MatMul.multiplyPart(
        s.values, s.x, call.weight(0), s.values, s.z, s.steps * s.rows, s.inputs, s.width);
    for (int state = 0; state < layer.states(); state++) {
      begin(state == 0 ? s.h : s.first, inputs > 1 ? call.input(1 + state) : null);
    }

    for (int step = 0; step < s.steps; step++) {
      addBias(step);
      dropState(step);
      layer.forward(s, call, step);
      keepMasked(step);
    }

    putOutput();
  }

  private void begin(int part, float @Nullable [] values) {
    int states = s.rows * s.units;
    if (values == null) {
      Arrays.fill(s.values, part, part + states, 0.0f);
    } else {
      System.arraycopy(values, 0, s.values, part, states);
    }
  }

  /** Goes back through the steps. */
  void backward(int inputs) {
    Arrays.fill(s.values, s.ofState, s.ofCell + 2 * s.rows * s.units, 0.0f);
    for (int row = 0; row < s.rows; row++) {
      if (!arguments.returnSequences() && !isZero(row, s.steps - 1)) {
        int from = row * outputs();
        System.arraycopy(call.outputGradient(), from, s.values, s.ofState + row * s.units, s.units);
      }

      for (int state = 0; arguments.returnState() && state < layer.states(); state++) {
        addStateGradient(row, state);
      }
    }

    for (int step = s.steps - 1; step >= 0; step--) {
      addOutputGradient(step);
      backwardStep(step);
    }

    for (int state = 0; inputs > 1 && state < layer.states(); state++) {
      float[] ofInput = call.inputGradient(1 + state);
      if (ofInput != null) {
        int part = state == 0 ? s.ofState : s.ofCell;
        System.arraycopy(s.values, part, ofInput, 0, s.rows * s.units);
      }
    }

    weightGradients();
    inputGradient();
  }

  private void addStateGradient(int row, int state) {
    int from = row * outputs() + sequence() + state * s.units;
    int to = (state == 0 ? s.ofState : s.ofCell) + row * s.units;
    for (int i = 0; i < s.units; i++) {
      s.values[to + i] += call.outputGradient()[from + i];
    }
  }

  /** The values of a row of the output before the states. */
  private int sequence() {
    return arguments.returnSequences() ? s.steps * s.units : s.units;
  }

  /** The values of a row of the output, with the states where they are put out. */
  private int outputs() {
    return sequence() + (arguments.returnState() ? layer.states() * s.units : 0);
  }

  /** Tells whether the output of a step is 0 as the mask leaves it out. */
  private boolean isZero(int row, int step) {
    boolean[] mask = arguments.zeroOutputForMask() ? call.mask(0) : null;
    return mask != null && !counts(mask, row, step);
  }

  private boolean dropsStates() {
    return call.training() && arguments.recurrentDropout() > 0;
  }

  /** Draws what each row's inputs and states are multiplied by in all steps. */
  private void drawFactors() {
    if (!call.training() || arguments.dropout() + arguments.recurrentDropout() == 0) {
      return;
    }

    RandomStream random = DropFactors.random(arguments.seed(), call);
    double dropout = arguments.dropout();
    double ofStates = arguments.recurrentDropout();
    DropFactors.draw(random, dropout, s.values, s.inputFactors, s.rows * s.inputs);
    DropFactors.draw(random, ofStates, s.values, s.stateFactors, s.rows * s.units);
  }

  private boolean dropsInputs() {
    return call.training() && arguments.dropout() > 0;
  }

  /** Returns which step of the input comes at a place. */
  private int source(int step) {
    return arguments.goBackwards() ? s.steps - 1 - step : step;
  }

  private void copyInputs() {
    boolean drops = dropsInputs();
    for (int step = 0; step < s.steps; step++) {
      for (int row = 0; row < s.rows; row++) {
        int from = (row * s.steps + source(step)) * s.inputs;
        int to = s.x + (step * s.rows + row) * s.inputs;
        System.arraycopy(call.input(), from, s.values, to, s.inputs);
        if (drops) {
          multiply(to, s.inputFactors + row * s.inputs, s.inputs);
        }
      }
    }
  }

  private void multiply(int at, int factors, int n) {
    for (int i = 0; i < n; i++) {
      s.values[at + i] *= s.values[factors + i];
    }
  }

  private void addBias(int step) {
    if (arguments.useBias()) {
      float[] bias = call.weight(2);
      for (int at = s.z(step); at < s.z(step + 1); at += s.width) {
        for (int i = 0; i < s.width; i++) {
          s.values[at + i] += bias[i];
        }
      }
    }
  }

  private void dropState(int step) {
    if (dropsStates()) {
      int n = s.rows * s.units;
      int to = s.state(s.dropped, step);
      System.arraycopy(s.values, s.state(s.h, step), s.values, to, n);
      multiply(to, s.stateFactors, n);
    }
  }

  private boolean counts(boolean[] mask, int row, int step) {
    return mask[row * s.steps + source(step)];
  }

  private void keepMasked(int step) {
    boolean[] mask = call.mask(0);
    for (int row = 0; mask != null && row < s.rows; row++) {
      if (!counts(mask, row, step)) {
        keep(s.h, row, step);
        if (layer.ownParts()[0] > 0) {
          keep(s.first, row, step);
        }
      }
    }
  }

  private void keep(int part, int row, int step) {
    int from = s.state(part, step) + row * s.units;
    System.arraycopy(s.values, from, s.values, s.state(part, step + 1) + row * s.units, s.units);
  }

  private void putOutput() {
    for (int row = 0; row < s.rows; row++) {
      int to = row * outputs();
      int first = arguments.returnSequences() ? 0 : s.steps - 1;
      for (int step = first; step < s.steps; step++) {
        put(s.h, row, step + 1, to + (step - first) * s.units, isZero(row, step));
      }

      for (int state = 0; arguments.returnState() && state < layer.states(); state++) {
        int part = state == 0 ? s.h : s.first;
        put(part, row, s.steps, to + sequence() + state * s.units, false);
      }
    }
  }

  private void put(int part, int row, int step, int to, boolean zero) {
    if (zero) {
      Arrays.fill(call.output(), to, to + s.units, 0.0f);
    } else {
      System.arraycopy(s.values, s.state(part, step) + row * s.units, call.output(), to, s.units);
    }
  }

  private void addOutputGradient(int step) {
    if (!arguments.returnSequences()) {
      return;
    }

    for (int row = 0; row < s.rows; row++) {
      if (!isZero(row, step)) {
        int from = row * outputs() + step * s.units;
        for (int i = 0; i < s.units; i++) {
          s.values[s.ofState + row * s.units + i] += call.outputGradient()[from + i];
        }
      }
    }
  }

  /** Of a masked row the gradients of state and cell pass the step by, and its gates have none. */
  private void backwardStep(int step) {
    boolean[] mask = call.mask(0);
    int n = s.rows * s.units;
    float[] passing = mask == null ? new float[0] : new float[2 * n];
    if (mask != null) {
      System.arraycopy(s.values, s.ofState, passing, 0, 2 * n);
    }

    layer.backward(s, call, step);
    for (int row = 0; mask != null && row < s.rows; row++) {
      if (!counts(mask, row, step)) {
        clearGates(row, step);
      }
    }

    addProductGradient(step);
    for (int row = 0; mask != null && row < s.rows; row++) {
      if (!counts(mask, row, step)) {
        int at = row * s.units;
        System.arraycopy(passing, at, s.values, s.ofState + at, s.units);
        System.arraycopy(passing, n + at, s.values, s.ofCell + at, s.units);
      }
    }
  }

  private void clearGates(int row, int step) {
    int at = s.z(step) + row * s.width;
    Arrays.fill(s.values, at, at + s.width, 0.0f);
    int other = at - s.z + layer.recurrentGradients(s);
    Arrays.fill(s.values, other, other + s.width, 0.0f);
  }

  /** Adds to the gradient of the state before a step what comes through the product. */
  private void addProductGradient(int step) {
    int n = s.rows * s.units;
    int from = layer.recurrentGradients(s) + s.z(step) - s.z;
    MatMul.timesTransposedPart(
        s.values, from, call.weight(1), s.ofGate, 0, s.rows, s.width, s.units);
    boolean drops = dropsStates();
    for (int i = 0; i < n; i++) {
      float factor = drops ? s.values[s.stateFactors + i] : 1.0f;
      s.values[s.ofState + i] += s.ofGate[i] * factor;
    }

    FloatOps.flush(s.values, s.ofState, s.ofCell + n);
  }

  private void weightGradients() {
    int all = s.steps * s.rows;
    float[] ofKernel = call.weightGradient(0);
    if (ofKernel != null) {
      Arrays.fill(ofKernel, 0.0f);
      MatMul.addTransposedTimesPart(
          s.values, s.x, s.values, s.z, ofKernel, 0, all, s.inputs, s.width);
    }

    float[] ofRecurrent = call.weightGradient(1);
    if (ofRecurrent != null) {
      int gradients = layer.recurrentGradients(s);
      Arrays.fill(ofRecurrent, 0.0f);
      MatMul.addTransposedTimesPart(
          s.values,
          layer.entering(s, call, 0),
          s.values,
          gradients,
          ofRecurrent,
          0,
          all,
          s.units,
          s.width);
      layer.addRecurrentGradient(s, ofRecurrent);
    }

    float[] ofBias = arguments.useBias() ? call.weightGradient(2) : null;
    if (ofBias != null) {
      Arrays.fill(ofBias, 0.0f);
      addRows(s.z, ofBias, 0);
      if (ofBias.length > s.width) {
        addRows(layer.recurrentGradients(s), ofBias, s.width);
      }
    }
  }

  /** Adds up rows, one after the other; four at a time only saves going through the sums. */
  private void addRows(int part, float[] sum, int to) {
    float[] v = s.values;
    int width = s.width;
    int end = part + s.steps * s.rows * width;
    int at = part;
    for (; at <= end - 4 * width; at += 4 * width) {
      int second = at + width;
      int third = second + width;
      int fourth = third + width;
      for (int i = 0; i < width; i++) {
        sum[to + i] = sum[to + i] + v[at + i] + v[second + i] + v[third + i] + v[fourth + i];
      }
    }

    for (; at < end; at += width) {
      for (int i = 0; i < width; i++) {
        sum[to + i] += v[at + i];
      }
    }
  }

  private void inputGradient() {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    MatMul.timesTransposedPart(
        s.values, s.z, call.weight(0), s.values, s.x, s.steps * s.rows, s.width, s.inputs);
    boolean drops = dropsInputs();
    for (int step = 0; step < s.steps; step++) {
      for (int row = 0; row < s.rows; row++) {
        int from = s.x + (step * s.rows + row) * s.inputs;
        if (drops) {
          multiply(from, s.inputFactors + row * s.inputs, s.inputs);
        }

        int to = (row * s.steps + source(step)) * s.inputs;
        System.arraycopy(s.values, from, ofInput, to, s.inputs);
      }
    }
  }
}
