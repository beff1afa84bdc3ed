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
 * from step to step.
 */
final class RecurrentSteps {

  /** Buffers for one gate of one step, which activation functions want at an array's start. */
  private static final ThreadLocal<float[][]> GATE = ThreadLocal.withInitial(() -> new float[2][0]);

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
  final float[] gate;
  final float[] ofGate;

  /**
   * Lays the parts out.
   *
   * @param gates the number of gates of the cell
   * @param own how many values for each state the cell keeps of its own, in its three parts
   */
  RecurrentSteps(LayerCall call, int steps, int inputs, int units, int gates, int[] own) {
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
    this.values = call.scratch(stateFactors + states);
    float[][] buffers = GATE.get();
    if (buffers[0].length < states) {
      buffers[0] = new float[states];
      buffers[1] = new float[states];
    }

    this.gate = buffers[0];
    this.ofGate = buffers[1];
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

  /** Applies a function to a gate of a step. */
  void activate(ActivationFunction function, int at, int index) {
    take(at, index, gate);
    function.call(gate, gate, rows, units);
    put(gate, at, index);
  }

  /**
   * Puts the gradient of a gate in the place of its value, from that of the value, which {@link
   * #ofGate} holds.
   */
  void backward(ActivationFunction function, int at, int index) {
    take(at, index, gate);
    function.backward(gate, gate, ofGate, rows, units);
    put(ofGate, at, index);
  }
}
