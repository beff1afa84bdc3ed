package io.firesteel.activations;

/** A function of each value alone. The ones that most networks use have loops of their own. */
abstract class Elementwise extends ActivationFunction {

  /** The function. */
  abstract float value(float x);

  /** Its derivative, from the argument and the result. */
  abstract float slope(float x, float y);

  @Override
  public final void call(float[] x, float[] y, int vectors, int width) {
    int n = vectors * width;
    for (int i = 0; i < n; i++) {
      y[i] = value(x[i]);
    }
  }

  @Override
  public final void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
    int n = vectors * width;
    for (int i = 0; i < n; i++) {
      gradient[i] *= slope(x[i], y[i]);
    }
  }

  @Override
  public final boolean needsInput() {
    return true;
  }
}
