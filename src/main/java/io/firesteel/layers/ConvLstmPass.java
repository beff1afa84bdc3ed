package io.firesteel.layers;

import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.Arrays;

/**
 * One way of a {@link ConvLSTM} through the steps of a batch, and the way back. To the cell each
 * place of a state is a row; channels are last inside, whatever they are outside.
 */
final class ConvLstmPass {

  private static final int STEPS = 0;
  private static final int INPUTS = 1;
  private static final int OF_INPUTS = 2;
  private static final int CONVOLUTION = 3;
  private static final int RECURRENT = CONVOLUTION + GatedConvolution.BUFFERS;

  private final LSTM cell;
  private final RecurrentArguments arguments;
  private final ConvWindows windows;
  private final LayerCall call;
  private final int rows;
  private final int steps;
  private final int channels;
  private final int filters;
  private final GatedConvolution input;
  private final GatedConvolution recurrent;
  private final RecurrentSteps s;

  /** The number of values of a state. */
  private final int state;

  private final float[] x;

  ConvLstmPass(LSTM cell, ConvWindows windows, Shape row, LayerCall call) {
    this.cell = cell;
    this.arguments = cell.arguments();
    this.windows = windows;
    this.call = call;
    this.rows = call.rows();
    this.steps = row.dim(0);
    this.channels = windows.channels(row);
    this.filters = cell.units();
    int[] outputs = windows.outputs(row);
    boolean drops = call.training() && arguments.dropout() > 0;
    boolean dropsState = call.training() && arguments.recurrentDropout() > 0;
    this.input =
        new GatedConvolution(
            windows, windows.extents(row), channels, filters, drops, call, CONVOLUTION);
    this.recurrent =
        new GatedConvolution(
            windows.keepingExtents(), outputs, filters, filters, dropsState, call, RECURRENT);
    this.state = recurrent.inputSize();
    this.s =
        new RecurrentSteps(
            new InnerCall(call, rows * (state / filters), STEPS, 0),
            steps,
            0,
            filters,
            cell.gates(),
            cell.ownParts(),
            arguments.needSums());
    this.x = call.scratch(INPUTS, steps * rows * input.inputSize());
  }

  private int part(int ofState) {
    return ofState == 0 ? s.h : s.first;
  }

  /** Copies channels that are outside to where they are last. */
  private void takeIn(float[] from, int start, float[] to, int at, int values, int depth) {
    if (windows.format() == DataFormat.CHANNELS_LAST) {
      System.arraycopy(from, start, to, at, values);
    } else {
      FloatRanges.transpose(from, start, to, at, 1, depth, values / depth);
    }
  }

  /** Copies channels that are last to where they are outside. */
  private void putOut(float[] from, int start, float[] to, int at, int values, int depth) {
    if (windows.format() == DataFormat.CHANNELS_LAST) {
      System.arraycopy(from, start, to, at, values);
    } else {
      FloatRanges.transpose(from, start, to, at, 1, values / depth, depth);
    }
  }

  /** Returns which step of the input comes at a place. */
  private int source(int step) {
    return arguments.goBackwards() ? steps - 1 - step : step;
  }

  private boolean counts(int row, int step) {
    boolean[] mask = call.mask(0);
    return mask == null || mask[row * steps + source(step)];
  }

  /** Tells whether the output of a step is 0 as the mask leaves it out. */
  private boolean isZero(int row, int step) {
    return arguments.zeroOutputForMask() && !counts(row, step);
  }

  /** The values of a row of the output before the states. */
  private int sequence() {
    return arguments.returnSequences() ? steps * state : state;
  }

  private int outputs() {
    return sequence() + (arguments.returnState() ? 2 * state : 0);
  }

  /**
   * Goes through the steps.
   *
   * @param inputs the number of the call's inputs; those after the first are the states to begin
   *     with
   */
  void forward(int inputs) {
    drawFactors();
    int size = input.inputSize();
    for (int step = 0; step < steps; step++) {
      for (int row = 0; row < rows; row++) {
        int from = (row * steps + source(step)) * size;
        takeIn(call.input(), from, x, (step * rows + row) * size, size, channels);
      }
    }

    Arrays.fill(s.values, s.z, s.z(steps), 0.0f);
    input.addForward(x, 0, steps, call.weight(0), s.values, s.z);
    if (arguments.useBias()) {
      FloatRanges.addToEach(call.weight(2), s.values, s.z, s.z(steps) - s.z);
    }

    for (int each = 0; each < 2; each++) {
      Arrays.fill(s.values, part(each), part(each) + rows * state, 0.0f);
      for (int row = 0; inputs > 1 && row < rows; row++) {
        float[] given = call.input(1 + each);
        takeIn(given, row * state, s.values, part(each) + row * state, state, filters);
      }
    }

    for (int step = 0; step < steps; step++) {
      recurrent.addForward(s.values, s.state(s.h, step), 1, call.weight(1), s.values, s.z(step));
      cell.forwardGates(s, step);
      for (int row = 0; row < rows; row++) {
        if (!counts(row, step)) {
          keep(s.h, row, step);
          keep(s.first, row, step);
        }
      }
    }

    putOutput();
  }

  private void keep(int part, int row, int step) {
    int from = s.state(part, step) + row * state;
    System.arraycopy(s.values, from, s.values, s.state(part, step + 1) + row * state, state);
  }

  private void drawFactors() {
    float[] ofInput = input.factors();
    float[] ofState = recurrent.factors();
    if (ofInput == null && ofState == null) {
      return;
    }

    RandomStream random = DropFactors.random(arguments.seed(), call);
    if (ofInput != null) {
      DropFactors.draw(random, arguments.dropout(), ofInput, 0, 4 * rows * input.inputSize());
    }

    if (ofState != null) {
      DropFactors.draw(random, arguments.recurrentDropout(), ofState, 0, 4 * rows * state);
    }
  }

  private void putOutput() {
    float[] y = call.output();
    int first = arguments.returnSequences() ? 0 : steps - 1;
    for (int row = 0; row < rows; row++) {
      int to = row * outputs();
      for (int step = first; step < steps; step++) {
        int at = to + (step - first) * state;
        if (isZero(row, step)) {
          Arrays.fill(y, at, at + state, 0.0f);
        } else {
          putOut(s.values, s.state(s.h, step + 1) + row * state, y, at, state, filters);
        }
      }

      for (int each = 0; arguments.returnState() && each < 2; each++) {
        int from = s.state(part(each), steps) + row * state;
        putOut(s.values, from, y, to + sequence() + each * state, state, filters);
      }
    }
  }

  /** Goes back through the steps. */
  void backward(int inputs) {
    int n = rows * state;
    Arrays.fill(s.values, s.ofState, s.ofCell + 2 * n, 0.0f);
    float[] taken = call.scratch(OF_INPUTS, rows * Math.max(2 * state, steps * input.inputSize()));
    for (int row = 0; row < rows; row++) {
      if (!arguments.returnSequences() && !isZero(row, steps - 1)) {
        addGradient(row * outputs(), s.ofState + row * state, taken);
      }

      for (int each = 0; arguments.returnState() && each < 2; each++) {
        int to = (each == 0 ? s.ofState : s.ofCell) + row * state;
        addGradient(row * outputs() + sequence() + each * state, to, taken);
      }
    }

    for (int step = steps - 1; step >= 0; step--) {
      for (int row = 0; arguments.returnSequences() && row < rows; row++) {
        if (!isZero(row, step)) {
          addGradient(row * outputs() + step * state, s.ofState + row * state, taken);
        }
      }

      backwardStep(step, taken);
    }

    for (int each = 0; inputs > 1 && each < 2; each++) {
      float[] ofInput = call.inputGradient(1 + each);
      for (int row = 0; ofInput != null && row < rows; row++) {
        int from = (each == 0 ? s.ofState : s.ofCell) + row * state;
        putOut(s.values, from, ofInput, row * state, state, filters);
      }
    }

    weightGradients();
    inputGradient(taken);
  }

  private void addGradient(int from, int to, float[] taken) {
    takeIn(call.outputGradient(), from, taken, 0, state, filters);
    FloatRanges.add(taken, 0, s.values, to, state);
  }

  /** Of a masked row the gradients of state and cell pass the step by, and its gates have none. */
  private void backwardStep(int step, float[] passing) {
    int n = rows * state;
    boolean masked = call.mask(0) != null;
    if (masked) {
      System.arraycopy(s.values, s.ofState, passing, 0, 2 * n);
    }

    cell.backward(s, call, step);
    int gates = cell.gates() * state;
    for (int row = 0; row < rows; row++) {
      if (!counts(row, step)) {
        int at = s.z(step) + row * gates;
        Arrays.fill(s.values, at, at + gates, 0.0f);
      }
    }

    recurrent.addInputGradient(call.weight(1), s.values, s.z(step), 1, s.values, s.ofState);
    for (int row = 0; row < rows; row++) {
      if (!counts(row, step)) {
        int at = row * state;
        System.arraycopy(passing, at, s.values, s.ofState + at, state);
        System.arraycopy(passing, n + at, s.values, s.ofCell + at, state);
      }
    }

    FloatOps.flush(s.values, s.ofState, s.ofCell + n);
  }

  private void weightGradients() {
    float[] ofKernel = call.weightGradient(0);
    if (ofKernel != null) {
      input.kernelGradient(x, 0, steps, s.values, s.z, ofKernel);
    }

    float[] ofRecurrent = call.weightGradient(1);
    if (ofRecurrent != null) {
      recurrent.kernelGradient(s.values, s.h, steps, s.values, s.z, ofRecurrent);
    }

    float[] ofBias = arguments.useBias() ? call.weightGradient(2) : null;
    if (ofBias != null) {
      FloatRanges.sumOfAll(s.values, s.z, s.z(steps) - s.z, ofBias);
    }
  }

  private void inputGradient(float[] sums) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    int size = input.inputSize();
    Arrays.fill(sums, 0, steps * rows * size, 0.0f);
    input.addInputGradient(call.weight(0), s.values, s.z, steps, sums, 0);
    for (int step = 0; step < steps; step++) {
      for (int row = 0; row < rows; row++) {
        int to = (row * steps + source(step)) * size;
        putOut(sums, (step * rows + row) * size, ofInput, to, size, channels);
      }
    }
  }
}
