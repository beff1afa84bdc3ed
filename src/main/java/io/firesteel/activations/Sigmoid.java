package io.firesteel.activations;

import io.firesteel.tensor.FloatMath;

/**
 * The logistic function: y = 1 / (1 + exp(-x)) (Keras 3.15, keras/src/activations/activations.py).
 */
public final class Sigmoid extends ActivationFunction {

  Sigmoid() {}

  @Override
  public void call(float[] x, float[] y, int vectors, int width) {
    int n = vectors * width;
    for (int i = 0; i < n; i++) {
      y[i] = FloatMath.sigmoid(x[i]);
    }
  }

  @Override
  public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
    int n = vectors * width;
    for (int i = 0; i < n; i++) {
      gradient[i] *= y[i] * (1.0f - y[i]);
    }
  }
}
