package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;

/**
 * An LSTM over steps that are lines, with convolutions as its products (Shi et al. 2015; Keras
 * 3.15, keras/src/layers/rnn/conv_lstm1d.py and conv_lstm.py): with * for a convolution the gates
 * are i, f, o = sigmoid(kernel * input + recurrent_kernel * state + bias), the cell is f cell + i
 * tanh(kernel * input + recurrent_kernel * state + bias), and the state o tanh(cell). Inputs are of
 * (steps, columns, channels), or have the channels before the space.
 *
 * <p>Differs from Keras: {@code stateful} must be false.
 */
public final class ConvLSTM1D extends ConvLSTM<ConvLSTM1D> {

  private static final String NAME = "ConvLSTM1D";
  private static final int AXES = 1;

  private ConvLSTM1D(ConvWindows windows, LSTM cell, LayerOptions options) {
    super(windows, cell, options);
  }

  /**
   * Returns the layer with Keras's defaults: stride 1, padding {@code valid}, the state after the
   * last step, forget bias 1.
   *
   * @param filters the number of channels of the state
   * @param kernelSize the number of places of the window
   */
  public static ConvLSTM1D of(int filters, int kernelSize) {
    Argument.size(NAME, "filters", 1, filters);
    return new ConvLSTM1D(
        ConvWindows.of(NAME, AXES, kernelSize), LSTM.of(filters), LayerOptions.DEFAULT);
  }

  static ConvLSTM1D fromConfig(Config config) {
    return read(config, NAME, AXES, of(1, 1));
  }

  @Override
  ConvLSTM1D of(ConvWindows newWindows, LSTM newCell, LayerOptions newOptions) {
    return new ConvLSTM1D(newWindows, newCell, newOptions);
  }
}
