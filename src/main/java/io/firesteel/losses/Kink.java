package io.firesteel.losses;

/** Derivatives of functions with a corner, as JAX has them there. */
final class Kink {

  private Kink() {}

  /** Returns the derivative of {@code max(x, 0)}: one half in the corner; of NaN it is NaN. */
  static float aboveZero(float x) {
    return above(x, 0f);
  }

  /** Returns the derivative of {@code max(x, floor)} by x. */
  static float above(float x, float floor) {
    if (Float.isNaN(x)) {
      return x;
    }

    return x == floor ? 0.5f : x > floor ? 1f : 0f;
  }

  /** Returns the derivative of x cut to [floor, ceiling]. */
  static float inside(float x, float floor, float ceiling) {
    return above(x, floor) * above(-x, -ceiling);
  }
}
