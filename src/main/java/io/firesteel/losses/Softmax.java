package io.firesteel.losses;

import io.firesteel.tensor.FloatMath;
import org.jspecify.annotations.Nullable;

/** The sums over the classes of one sample that the categorical crossentropies need. */
final class Softmax {

  private Softmax() {}

  /** Returns the largest of the predictions, NaN if there is one. */
  static float max(float[] predictions, int start, int width) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = start; j < start + width; j++) {
      max = Math.max(max, predictions[j]);
    }

    return max;
  }

  /**
   * Returns the sum of {@code exp(prediction - max)}.
   *
   * @param terms filled with the terms in the places of the predictions, or null
   */
  static double expSum(
      float[] predictions, int start, int width, float max, float @Nullable [] terms) {
    double sum = 0.0;
    for (int j = start; j < start + width; j++) {
      float term = FloatMath.exp(predictions[j] - max);
      sum += term;
      if (terms != null) {
        terms[j] = term;
      }
    }

    return sum;
  }

  /** Returns the sum of the predictions. */
  static float sum(float[] predictions, int start, int width) {
    double sum = 0.0;
    for (int j = start; j < start + width; j++) {
      sum += predictions[j];
    }

    return (float) sum;
  }
}
