package io.firesteel.layers;

import io.firesteel.tensor.Shape;

/** A layer whose output is its input. */
abstract class PassThrough<L extends PassThrough<L>> extends KerasLayer<L> {

  PassThrough(LayerOptions options) {
    super(options);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return input;
  }

  @Override
  public final boolean builtAtInit() {
    return true;
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    System.arraycopy(call.input(), 0, call.output(), 0, call.rows() * input.size());
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput != null) {
      System.arraycopy(call.outputGradient(), 0, ofInput, 0, call.rows() * input.size());
    }
  }
}
