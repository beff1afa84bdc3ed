package io.firesteel.layers;

import io.firesteel.tensor.Shape;

/** A layer without weights that computes each value of its output from one value of its input. */
abstract class ElementwiseLayer<L extends ElementwiseLayer<L>> extends KerasLayer<L> {

  ElementwiseLayer(LayerOptions options) {
    super(options);
  }

  /** Computes n values. */
  abstract void call(float[] x, float[] y, int n);

  /** Multiplies n gradients of the output by the slope. */
  abstract void backward(float[] x, float[] y, float[] ofOutput, float[] ofInput, int n);

  @Override
  public final Shape computeOutputShape(Shape input) {
    return input;
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    call(call.input(), call.output(), call.rows() * input.size());
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    float[] gradient = call.inputGradient();
    if (gradient != null) {
      int n = call.rows() * input.size();
      backward(call.input(), call.output(), call.outputGradient(), gradient, n);
    }
  }
}
