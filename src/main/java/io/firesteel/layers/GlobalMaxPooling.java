package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.Arrays;

/** The largest value of each channel. The gradient goes to the first of several largest values. */
abstract class GlobalMaxPooling<L extends GlobalMaxPooling<L>> extends GlobalPooling<L> {

  GlobalMaxPooling(DataFormat format, boolean keepdims, LayerOptions options) {
    super(format, keepdims, options);
  }

  private int largest(Shape input, float[] x, int row, int channel) {
    int stride = stride(input);
    int start = row * input.size() + start(input, channel);
    int best = start;
    for (int k = 1; k < input.size() / channels(input); k++) {
      best = x[start + k * stride] > x[best] ? start + k * stride : best;
    }

    return best;
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    int channels = channels(input);
    for (int row = 0; row < call.rows(); row++) {
      for (int c = 0; c < channels; c++) {
        call.output()[row * channels + c] = call.input()[largest(input, call.input(), row, c)];
      }
    }
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    Arrays.fill(ofInput, 0, call.rows() * input.size(), 0.0f);
    int channels = channels(input);
    for (int row = 0; row < call.rows(); row++) {
      for (int c = 0; c < channels; c++) {
        ofInput[largest(input, call.input(), row, c)] = call.outputGradient()[row * channels + c];
      }
    }
  }
}
