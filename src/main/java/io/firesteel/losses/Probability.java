package io.firesteel.losses;

/**
 * Keras's way to keep a probability away from 0 and 1 before its logarithm is taken.
 *
 * <p>Source: Keras 3.15, keras/src/backend/jax/nn.py, with the epsilon of
 * keras/src/backend/config.py.
 */
final class Probability {

  private static final float FLOOR = (float) 1e-7;
  private static final float CEILING = (float) (1.0 - 1e-7);

  private Probability() {}

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
}
