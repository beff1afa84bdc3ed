package io.firesteel.activations;

import io.firesteel.tensor.FloatMath;
import io.firesteel.tensor.FloatOps;

/** The functions that look at whole vectors of the last axis. */
final class RowActivations {

  private RowActivations() {}

  /**
   * Probabilities along the last axis: y = exp(x - max x) / sum exp(x - max x) (Keras 3.15,
   * keras/src/activations/activations.py).
   */
  static final class Softmax extends ActivationFunction {

    Softmax() {}

    @Override
    public void call(float[] x, float[] y, int vectors, int width) {
      for (int from = 0; from < vectors * width; from += width) {
        float max = x[from];
        for (int i = from + 1; i < from + width; i++) {
          max = Math.max(max, x[i]);
        }

        float sum = 0.0f;
        for (int i = from; i < from + width; i++) {
          y[i] = FloatMath.exp(x[i] - max);
          sum += y[i];
        }

        for (int i = from; i < from + width; i++) {
          y[i] /= sum;
        }
      }
    }

    @Override
    public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
      for (int from = 0; from < vectors * width; from += width) {
        float dot = 0.0f;
        for (int i = from; i < from + width; i++) {
          dot += gradient[i] * y[i];
        }

        for (int i = from; i < from + width; i++) {
          gradient[i] = y[i] * (gradient[i] - dot);
        }
      }

      FloatOps.flush(gradient, 0, vectors * width);
    }
  }

  /**
   * The logarithm of the softmax along the last axis: y = x - max x - log sum exp(x - max x) (Keras
   * 3.15, keras/src/activations/activations.py).
   */
  static final class LogSoftmax extends ActivationFunction {

    LogSoftmax() {}

    @Override
    public void call(float[] x, float[] y, int vectors, int width) {
      for (int from = 0; from < vectors * width; from += width) {
        float max = x[from];
        for (int i = from + 1; i < from + width; i++) {
          max = Math.max(max, x[i]);
        }

        float sum = 0.0f;
        for (int i = from; i < from + width; i++) {
          y[i] = x[i] - max;
          sum += FloatMath.exp(y[i]);
        }

        float log = (float) StrictMath.log(sum);
        for (int i = from; i < from + width; i++) {
          y[i] -= log;
        }
      }
    }

    @Override
    public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
      for (int from = 0; from < vectors * width; from += width) {
        float sum = 0.0f;
        for (int i = from; i < from + width; i++) {
          sum += gradient[i];
        }

        for (int i = from; i < from + width; i++) {
          gradient[i] -= FloatMath.exp(y[i]) * sum;
        }
      }

      FloatOps.flush(gradient, 0, vectors * width);
    }
  }
}
