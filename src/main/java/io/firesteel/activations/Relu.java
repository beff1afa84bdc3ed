package io.firesteel.activations;

/**
 * The rectified linear unit: y = max(x, 0), with derivative 0 at 0 (Keras 3.15,
 * keras/src/activations/activations.py).
 */
public final class Relu extends ActivationFunction {

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
      gradient[i] = y[i] > 0.0f ? gradient[i] : 0.0f;
    }
  }
}
