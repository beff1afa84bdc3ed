package io.firesteel.activations;

/**
 * The nearest point of the probability simplex along the last axis: y = max(x - tau, 0), where tau
 * makes the sum 1 (Keras 3.15, keras/src/activations/activations.py; Martins and Astudillo 2016,
 * "From softmax to sparsemax").
 */
public final class Sparsemax extends ActivationFunction {

  /*
   * tau is found by dropping, round after round, the values that are not above the tau of those
   * that are left, until none drops (Michelot 1986), which needs no sorting and no memory. Values
   * of one below the maximum or less never count, so they are not even in the first round. None is
   * left where a value is NaN or infinite; then so is the result.
   */

  Sparsemax() {}

  @Override
  public void call(float[] x, float[] y, int vectors, int width) {
    for (int from = 0; from < vectors * width; from += width) {
      float tau = threshold(x, from, from + width);
      for (int i = from; i < from + width; i++) {
        y[i] = Math.max(x[i] - tau, 0.0f);
      }
    }
  }

  private static float threshold(float[] x, int from, int to) {
    float max = x[from];
    for (int i = from + 1; i < to; i++) {
      max = Math.max(max, x[i]);
    }

    double tau = max - 1.0;
    int before = -1;
    int count = 0;
    while (count != before) {
      before = count;
      double sum = 0.0;
      count = 0;
      for (int i = from; i < to; i++) {
        if (x[i] > tau) {
          sum += x[i];
          count++;
        }
      }

      tau = count == 0 ? Double.NaN : (sum - 1.0) / count;
    }

    return (float) tau;
  }

  @Override
  public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
    for (int from = 0; from < vectors * width; from += width) {
      float sum = 0.0f;
      int count = 0;
      for (int i = from; i < from + width; i++) {
        if (y[i] > 0.0f) {
          sum += gradient[i];
          count++;
        }
      }

      float mean = sum / count;
      for (int i = from; i < from + width; i++) {
        gradient[i] = y[i] > 0.0f ? gradient[i] - mean : 0.0f;
      }
    }
  }
}
