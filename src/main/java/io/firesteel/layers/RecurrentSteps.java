package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;

/**
 * Where a recurrent layer keeps what it computes, in one array, step after step: in each step all
 * rows of the batch, in the order in which the steps are gone through.
 *
 * <p>{@code x} are the inputs; {@code z} the gates, before and after their activation, and on the
 * way back their gradients; {@code h} the states, of which the first is 0; {@code dropped} the
 * states as they enter a step, where they are dropped in part; {@code first}, {@code second} and
 * {@code third} are the cell's own; {@code ofState} and {@code ofCell} the gradients that go back
 * from step to step; {@code sums} the gates before their activation, where an activation needs them
 * on the way back.
 */
final class RecurrentSteps {

  /** Buffers for one gate of a step, which activation functions want at an array's start. */
  private static final ThreadLocal<float[][]> GATE = ThreadLocal.withInitial(() -> new float[3][0]);

  final float[] values;
  final int rows;
  final int steps;
  final int inputs;
  final int units;
  final int width;
  final int x;
  final int z;
  final int h;
  final int dropped;
  final int first;
  final int second;
  final int third;
  final int ofState;
  final int ofCell;
  final int inputFactors;
  final int stateFactors;
  final int sums;
  final boolean keepsSums;
  final float[] gate;
  final float[] ofGate;
  private final float[] argument;

  /**
   * Lays the parts out.
   *
   * @param gates the number of gates of the cell
   * @param own how many values for each state the cell keeps of its own, in its three parts
   * @param keepsSums whether an activation needs its argument on the way back
   */
  RecurrentSteps(
      LayerCall call, int steps, int inputs, int units, int gates, int[] own, boolean keepsSums) {
    this.rows = call.rows();
    this.steps = steps;
    this.inputs = inputs;
    this.units = units;
    this.width = gates * units;
    int states = rows * units;
    this.x = 0;
    this.z = x + steps * rows * inputs;
    this.h = z + steps * rows * width;
    this.dropped = h + (steps + 1) * states;
    this.first = dropped + steps * states;
    this.second = first + (steps + 1) * states * own[0];
    this.third = second + steps * states * own[1];
    this.ofState = third + steps * states * own[2];
    this.ofCell = ofState + states;
    this.inputFactors = ofCell + 2 * states;
    this.stateFactors = inputFactors + rows * inputs;
    this.sums = stateFactors + states;
    this.keepsSums = keepsSums;
    this.values = call.scratch(sums + (keepsSums ? steps * rows * width : 0));
    float[][] buffers = GATE.get();
    if (buffers[0].length < states) {
      buffers[0] = new float[states];
      buffers[1] = new float[states];
      buffers[2] = new float[states];
    }

    this.gate = buffers[0];
    this.ofGate = buffers[1];
    this.argument = buffers[2];
  }

  int z(int step) {
    return z + step * rows * width;
  }

  int state(int part, int step) {
    return part + step * rows * units;
  }

  /** Copies a gate of a step, from {@link #z} or a part of its shape, to an array. */
  void take(int at, int index, float[] to) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(values, at + row * width + index * units, to, row * units, units);
    }
  }

  /** Copies an array to a gate of a step. */
  void put(float[] from, int at, int index) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(from, row * units, values, at + row * width + index * units, units);
    }
  }

  /** Applies a function to a gate of a step, which begins at a place of {@link #z}. */
  void activate(ActivationFunction function, int at, int index) {
    take(at, index, gate);
    if (keepsSums) {
      put(gate, sums + at - z, index);
    }

    function.call(gate, gate, rows, units);
    put(gate, at, index);
  }

  /**
   * Puts the gradient of a gate in the place of its value, from that of the value, which {@link
   * #ofGate} holds.
   */
  void backward(ActivationFunction function, int at, int index) {
    take(at, index, gate);
    if (keepsSums) {
      take(sums + at - z, index, argument);
    }

    function.backward(argument, gate, ofGate, rows, units);
    put(ofGate, at, index);
  }

  /** Turns a gradient of a function's values into that of its arguments, one for each state. */
  void backward(ActivationFunction function, int arguments, int results, float[] gradient) {
    System.arraycopy(values, arguments, argument, 0, rows * units);
    System.arraycopy(values, results, gate, 0, rows * units);
    function.backward(argument, gate, gradient, rows, units);
  }
}
