package io.firesteel.metrics;

/** Division as metrics need it. */
final class Ratio {

  private Ratio() {}

  /** Returns a quotient, 0 where the divisor is 0. */
  static double of(double dividend, double divisor) {
    return divisor == 0.0 ? 0.0 : dividend / divisor;
  }
}
