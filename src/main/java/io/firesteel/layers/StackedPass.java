package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call of an {@link RNN} of several cells: the layers of the cells, one after the other. */
final class StackedPass {

  /** Inputs, outputs and the gradients of both; the layers have the scratch before them. */
  private static final int PER_LAYER = 4;

  private final List<RecurrentLayer<?>> layers;
  private final List<Shape> shapes = new ArrayList<>();
  private final LayerCall call;
  private final boolean givesStates;
  private final boolean takesStates;
  private final boolean @Nullable [] mask;

  StackedPass(RNN stack, List<Shape> inputs, LayerCall call) {
    this.layers = stack.cellLayers();
    this.call = call;
    this.givesStates = stack.returnsState();
    this.takesStates = inputs.size() > 1;
    this.mask = call.mask(0);
    Shape input = inputs.get(0);
    for (RecurrentLayer<?> layer : layers) {
      shapes.add(input);
      input = input.withLast(layer.units());
    }
  }

  private int last() {
    return layers.size() - 1;
  }

  private float[] part(int layer, int kind, int values) {
    return call.scratch(layers.size() + PER_LAYER * layer + kind, call.rows() * values);
  }

  private int outputs(int layer) {
    return layers.get(layer).computeOutputShape(List.of(shapes.get(layer))).size();
  }

  /** The values of a row of a layer's output before the states. */
  private int sequence(int layer) {
    return layers.get(layer).sequenceOutputs(shapes.get(layer)).get(0).size();
  }

  /** The inputs of a layer: what the one before it gives, and the states to begin with. */
  private List<Shape> inputs(int layer) {
    List<Shape> inputs = new ArrayList<>(List.of(shapes.get(layer)));
    if (takesStates) {
      inputs.addAll(layers.get(layer).stateShapes(shapes.get(layer)));
    }

    return inputs;
  }

  private InnerCall withStates(InnerCall inner, int layer, boolean backward) {
    int states = takesStates ? layers.get(layer).states() : 0;
    int first = 1;
    for (int i = 0; i < layer; i++) {
      first += layers.get(i).states();
    }

    float[][] values = new float[states][];
    float[] @Nullable [] gradients = new float[states][];
    for (int state = 0; state < states; state++) {
      values[state] = call.input(first + state);
      gradients[state] = backward ? call.inputGradient(first + state) : null;
    }

    return inner.states(values, gradients);
  }

  private InnerCall inner(int layer) {
    int firstWeight = 0;
    for (int i = 0; i < layer; i++) {
      firstWeight += layers.get(i).weights(List.of(shapes.get(i))).size();
    }

    float[] input = layer == 0 ? call.input() : part(layer, 0, shapes.get(layer).size());
    return new InnerCall(call, call.rows(), layer, firstWeight)
        .values(input, part(layer, 1, outputs(layer)), layer == 0 ? mask : inOrder());
  }

  /** Returns the mask in the order in which the first layer goes through the steps. */
  private boolean @Nullable [] inOrder() {
    if (mask == null || !layers.get(0).arguments().goBackwards()) {
      return mask;
    }

    int steps = shapes.get(0).dim(0);
    boolean[] reversed = new boolean[call.rows() * steps];
    for (int i = 0; i < reversed.length; i++) {
      reversed[i] = mask[i / steps * steps + steps - 1 - i % steps];
    }

    return reversed;
  }

  void forward() {
    int to = sequence(last());
    for (int i = 0; i < layers.size(); i++) {
      InnerCall inner = withStates(inner(i), i, false);
      layers.get(i).forward(inputs(i), inner);
      float[] next = i == last() ? call.output() : part(i + 1, 0, sequence(i));
      move(inner.output(), i, 0, next, i == last() ? total() : sequence(i), 0, sequence(i));
      if (givesStates) {
        int states = outputs(i) - sequence(i);
        move(inner.output(), i, sequence(i), call.output(), total(), to, states);
        to += states;
      }
    }
  }

  /** The values of a row of the output. */
  private int total() {
    int total = sequence(last());
    for (int i = 0; givesStates && i < layers.size(); i++) {
      total += outputs(i) - sequence(i);
    }

    return total;
  }

  /** Copies a part of each row of a layer's output to a part of another's rows. */
  private void move(float[] from, int layer, int at, float[] to, int width, int place, int n) {
    for (int row = 0; row < call.rows(); row++) {
      System.arraycopy(from, row * outputs(layer) + at, to, row * width + place, n);
    }
  }

  void backward() {
    int from = total();
    float[] ofSequence = call.outputGradient();
    for (int i = last(); i >= 0; i--) {
      float[] ofOutput = part(i, 2, outputs(i));
      int states = outputs(i) - sequence(i);
      from -= states;
      int width = i == last() ? total() : sequence(i);
      for (int row = 0; row < call.rows(); row++) {
        int to = row * outputs(i);
        System.arraycopy(ofSequence, row * width, ofOutput, to, sequence(i));
        System.arraycopy(
            call.outputGradient(), row * total() + from, ofOutput, to + sequence(i), states);
      }

      float[] ofInput = i == 0 ? call.inputGradient() : part(i - 1, 3, sequence(i - 1));
      InnerCall inner = withStates(inner(i), i, true).gradients(ofOutput, ofInput);
      layers.get(i).backward(inputs(i), inner);
      ofSequence = ofInput == null ? ofSequence : ofInput;
    }
  }
}
