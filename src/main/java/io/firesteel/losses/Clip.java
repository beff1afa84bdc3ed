package io.firesteel.losses;

/** Derivatives of maxima and minima, as JAX has them where both sides are equal: one half. */
final class Clip {

  private Clip() {}

  /** Returns the derivative of {@code max(x, 0)}; of NaN it is NaN. */
  static float slopeAboveZero(float x) {
    return slopeAbove(x, 0f);
  }

  /** Returns the derivative of {@code max(x, floor)} by x. */
  static float slopeAbove(float x, float floor) {
    if (Float.isNaN(x)) {
      return x;
    }

    return x == floor ? 0.5f : x > floor ? 1f : 0f;
  }

  /** Returns the derivative of x cut to [floor, ceiling]. */
  static float slopeInside(float x, float floor, float ceiling) {
    return slopeAbove(x, floor) * slopeAbove(-x, -ceiling);
  }
}
