package io.firesteel.losses;

/**
 * The factor {@code x^gamma} of focal losses, where {@code x} is the probability given to what is
 * not true.
 */
final class Focus {

  private Focus() {}

  static float factor(float x, double gamma) {
    return (float) StrictMath.pow(x, gamma);
  }

  /** Returns the derivative of {@link #factor}, 0 for a gamma of 0. */
  static float slope(float x, double gamma) {
    return gamma == 0.0 ? 0f : (float) (gamma * StrictMath.pow(x, gamma - 1.0));
  }
}
