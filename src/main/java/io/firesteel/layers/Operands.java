package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The inputs of a merging layer in one call, all with the output's shape: as they are, or repeated
 * in the call's scratch buffer.
 */
final class Operands {

  private final Shape output;
  private final List<Shape> inputs;
  private final LayerCall call;
  private final int size;
  private final float[] work;

  Operands(Shape output, List<Shape> inputs, LayerCall call) {
    this.output = output;
    this.inputs = inputs;
    this.call = call;
    this.size = call.rows() * output.size();
    int repeated = 0;
    for (Shape input : inputs) {
      repeated += input.equals(output) ? 0 : 1;
    }

    this.work = repeated == 0 ? call.output() : call.scratch((inputs.size() + 1) * size);
    for (int k = 0; k < inputs.size(); k++) {
      if (!isWhole(k)) {
        repeat(k);
      }
    }
  }

  private void repeat(int k) {
    Shape input = inputs.get(k);
    float[] from = call.input(k);
    for (int row = 0; row < call.rows(); row++) {
      int to = k * size + row * output.size();
      for (int i = 0; i < output.size(); i++) {
        work[to + i] = from[row * input.size() + Broadcast.index(input, output, i)];
      }
    }
  }

  int count() {
    return inputs.size();
  }

  /** Returns the number of values of each input and of the output, of all rows. */
  int size() {
    return size;
  }

  boolean isWhole(int k) {
    return inputs.get(k).equals(output);
  }

  float[] values(int k) {
    return isWhole(k) ? call.input(k) : work;
  }

  int offset(int k) {
    return isWhole(k) ? 0 : k * size;
  }

  float value(int k, int i) {
    return values(k)[offset(k) + i];
  }

  /** Returns where a gradient can be put before it is summed. */
  float[] work() {
    return work;
  }

  int workOffset() {
    return inputs.size() * size;
  }

  /** Sums what is in the work buffer over the places that one value was repeated to. */
  void sumTo(int k, float[] target) {
    Shape input = inputs.get(k);
    Arrays.fill(target, 0, call.rows() * input.size(), 0.0f);
    for (int row = 0; row < call.rows(); row++) {
      int from = workOffset() + row * output.size();
      for (int i = 0; i < output.size(); i++) {
        target[row * input.size() + Broadcast.index(input, output, i)] += work[from + i];
      }
    }
  }
}
