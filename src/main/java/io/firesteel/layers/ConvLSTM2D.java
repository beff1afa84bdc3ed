package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;

/**
 * An LSTM over steps that are images, with convolutions as its products (Shi et al. 2015; Keras
 * 3.15, keras/src/layers/rnn/conv_lstm2d.py and conv_lstm.py): with * for a convolution the gates
 * are i, f, o = sigmoid(kernel * input + recurrent_kernel * state + bias), the cell is f cell + i
 * tanh(kernel * input + recurrent_kernel * state + bias), and the state o tanh(cell). Inputs are of
 * (steps, rows, columns, channels), or have the channels before the space.
 *
 * <p>Differs from Keras: {@code stateful} must be false.
 */
public final class ConvLSTM2D extends ConvLSTM<ConvLSTM2D> {

  private static final String NAME = "ConvLSTM2D";
  private static final int AXES = 2;

  private ConvLSTM2D(ConvWindows windows, LSTM cell, LayerOptions options) {
    super(windows, cell, options);
  }

  /**
   * Returns the layer with Keras's defaults: stride 1, padding {@code valid}, the state after the
   * last step, forget bias 1.
   *
   * @param filters the number of channels of the state
   * @param kernelSize height and width of the window, or one number for both
   */
  public static ConvLSTM2D of(int filters, int... kernelSize) {
    Argument.size(NAME, "filters", 1, filters);
    return new ConvLSTM2D(
        ConvWindows.of(NAME, AXES, kernelSize), LSTM.of(filters), LayerOptions.DEFAULT);
  }

  static ConvLSTM2D fromConfig(Config config) {
    return read(config, NAME, AXES, of(1, 1));
  }

  @Override
  ConvLSTM2D of(ConvWindows newWindows, LSTM newCell, LayerOptions newOptions) {
    return new ConvLSTM2D(newWindows, newCell, newOptions);
  }
}
