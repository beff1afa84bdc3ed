package io.firesteel.activations;

/**
 * The rectified linear unit: y = max(x, 0), with derivative 0 at 0 (Keras 3.15,
 * keras/src/activations/activations.py). Differs from Keras: a gradient of NaN stays NaN where the
 * derivative is 0.
 */
public final class Relu extends ActivationFunction {

  /*
   * As y is 0 or positive, the bound is 0 or infinite, down to the smallest y. Minimum and maximum
   * need no branch, which no CPU could foresee here. Adding 0 turns -0 into 0.
   */
  private static final float LARGE = 0x1p127f;

  Relu() {}

  @Override
  public void call(float[] x, float[] y, int vectors, int width) {
    int n = vectors * width;
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(x[i], 0.0f);
    }
  }

  @Override
  public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
    int n = vectors * width;
    for (int i = 0; i < n; i++) {
      float bound = y[i] * LARGE * LARGE * LARGE;
      gradient[i] = Math.min(Math.max(gradient[i], -bound), bound) + 0.0f;
    }
  }
}
