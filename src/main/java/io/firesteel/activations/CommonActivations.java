package io.firesteel.activations;

import io.firesteel.tensor.FloatMath;
import io.firesteel.tensor.FloatOps;

/** The functions that most networks use, each with loops of its own. */
final class CommonActivations {

  private CommonActivations() {}

  /** The identity: y = x (Keras 3.15, keras/src/activations/activations.py). */
  static final class Linear extends ActivationFunction {

    Linear() {}

    @Override
    public void call(float[] x, float[] y, int vectors, int width) {
      if (x != y) {
        System.arraycopy(x, 0, y, 0, vectors * width);
      }
    }

    @Override
    public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {}
  }

  /**
   * The rectified linear unit: y = max(x, 0), with derivative 0 at 0 (Keras 3.15,
   * keras/src/activations/activations.py). Differs from Keras: a gradient of NaN stays NaN where
   * the derivative is 0.
   */
  static final class Relu extends ActivationFunction {

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

  /**
   * The logistic function: y = 1 / (1 + exp(-x)) (Keras 3.15,
   * keras/src/activations/activations.py).
   */
  static final class Sigmoid extends ActivationFunction {

    Sigmoid() {}

    @Override
    public void call(float[] x, float[] y, int vectors, int width) {
      FloatMath.sigmoid(x, y, vectors * width);
    }

    @Override
    public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
      int n = vectors * width;
      for (int i = 0; i < n; i++) {
        gradient[i] *= y[i] * (1.0f - y[i]);
      }

      FloatOps.flush(gradient, 0, n);
    }
  }

  /** The hyperbolic tangent (Keras 3.15, keras/src/activations/activations.py). */
  static final class Tanh extends ActivationFunction {

    Tanh() {}

    @Override
    public void call(float[] x, float[] y, int vectors, int width) {
      FloatMath.tanh(x, y, vectors * width);
    }

    @Override
    public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
      int n = vectors * width;
      for (int i = 0; i < n; i++) {
        gradient[i] *= 1.0f - y[i] * y[i];
      }

      FloatOps.flush(gradient, 0, n);
    }
  }
}
