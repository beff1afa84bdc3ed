package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.MatMul;
import java.util.Arrays;

/**
 * A fully connected recurrent layer: h_t = activation(x_t kernel + bias + h_(t-1) recurrent_kernel)
 * (Keras 3.15, keras/src/layers/rnn/simple_rnn.py).
 */
public final class SimpleRNN extends RecurrentLayer<SimpleRNN> {

  private static final String NAME = "SimpleRNN";
  private static final int[] NOTHING = {0, 0, 0};

  private SimpleRNN(int units, RecurrentArguments arguments, LayerOptions options) {
    super(NAME, units, arguments, options);
  }

  /** Returns the layer with Keras's defaults: {@code tanh}, the state after the last step. */
  public static SimpleRNN of(int units) {
    return new SimpleRNN(units, RecurrentArguments.DEFAULT, LayerOptions.DEFAULT);
  }

  static SimpleRNN fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    SimpleRNN layer =
        new SimpleRNN(
            reader.size("units", 1), RecurrentArguments.read(reader), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected SimpleRNN with(LayerOptions newOptions) {
    return new SimpleRNN(units(), arguments(), newOptions);
  }

  @Override
  SimpleRNN with(RecurrentArguments newArguments) {
    return new SimpleRNN(units(), newArguments, options());
  }

  @Override
  int gates() {
    return 1;
  }

  @Override
  int[] ownParts() {
    return NOTHING;
  }

  @Override
  void forward(RecurrentSteps s, LayerCall call, int step) {
    int z = s.z(step);
    MatMul.addProductPart(
        s.values, entering(s, call, step), call.weight(1), s.values, z, s.rows, s.units, s.units);
    s.activate(arguments().activation(), z, 0);
    System.arraycopy(s.values, z, s.values, s.state(s.h, step + 1), s.rows * s.units);
  }

  @Override
  void backward(RecurrentSteps s, LayerCall call, int step) {
    int n = s.rows * s.units;
    System.arraycopy(s.values, s.ofState, s.ofGate, 0, n);
    s.backward(arguments().activation(), s.z(step), 0);
    Arrays.fill(s.values, s.ofState, s.ofState + n, 0.0f);
  }

  @Override
  public Config getConfig() {
    return finish(config(false)).build();
  }
}
