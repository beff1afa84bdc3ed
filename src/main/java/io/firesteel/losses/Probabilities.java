package io.firesteel.losses;

import io.firesteel.tensor.FloatMath;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic of probabilities: how Keras keeps one away from 0 and 1 before its logarithm is taken,
 * the factor of focal losses, and the sums of a softmax over the classes of one sample.
 *
 * <p>Source: Keras 3.15, keras/src/backend/jax/nn.py, with the epsilon of
 * keras/src/backend/config.py.
 */
final class Probabilities {

  private static final float FLOOR = (float) 1e-7;
  private static final float CEILING = (float) (1.0 - 1e-7);

  private Probabilities() {}

  /** Returns the probability, moved into [1e-7, 1 - 1e-7]; NaN stays NaN. */
  static float clip(float probability) {
    return Math.min(Math.max(probability, FLOOR), CEILING);
  }

  /**
   * Returns the slope of {@link #clip}: 1 inside, 0 outside, and one half on the edge, as JAX
   * differentiates a maximum of equals.
   */
  static float slope(float probability) {
    if (probability == FLOOR || probability == CEILING) {
      return 0.5f;
    }

    return probability < FLOOR || probability > CEILING ? 0f : 1f;
  }

  /** Returns the natural logarithm, the same on every machine. */
  static float log(float probability) {
    return (float) StrictMath.log(probability);
  }

  /**
   * Returns the factor {@code x^gamma} of focal losses, where {@code x} is the probability given to
   * what is not true.
   */
  static float focus(float x, double gamma) {
    return (float) StrictMath.pow(x, gamma);
  }

  /** Returns the derivative of {@link #focus}, 0 for a gamma of 0. */
  static float focusSlope(float x, double gamma) {
    return gamma == 0.0 ? 0f : (float) (gamma * StrictMath.pow(x, gamma - 1.0));
  }

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
