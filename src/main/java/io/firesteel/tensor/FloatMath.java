package io.firesteel.tensor;

/**
 * Elementary functions of floats that give the same bits on every JVM and CPU, as {@link Math} does
 * not promise, and faster than {@link StrictMath}.
 *
 * <p>Each result is within one unit in the last place of the exact value.
 */
public final class FloatMath {

  /*
   * All work is done in doubles, whose error is far below a float's last place, with one rounding
   * at the end. With k the integer nearest to x / ln 2 and r = x - k ln 2, |r| <= ln(2) / 2, and
   *   exp(x) - 1 = 2^k (exp(r) - 1) + (2^k - 1)
   * where exp(r) - 1 is the Taylor polynomial of degree 10. Adding 1.5 * 2^52 and subtracting it
   * again rounds to the nearest integer, whose bits are then the last ones of the sum.
   */

  private static final double LOG2_E = 1.4426950408889634;
  private static final double LN_2 = 0.6931471805599453;
  private static final double ROUNDER = 0x1.8p52;

  /** Beyond this magnitude exp, expm1, tanh and sigmoid of a float are 0, 1 or infinite. */
  private static final double BOUND = 110.0;

  private FloatMath() {}

  /** Returns e to the power of x. */
  public static float exp(float x) {
    return (float) exp(clamp(x));
  }

  /** Returns e to the power of x, minus one; accurate near 0 too. */
  public static float expm1(float x) {
    double clamped = clamp(x);
    double rounded = clamped * LOG2_E + ROUNDER;
    double k = rounded - ROUNDER;
    double scale = powerOfTwo(rounded);
    double result = scale * expm1Reduced(clamped - k * LN_2) + (scale - 1.0);
    return x == 0.0f ? x : (float) result;
  }

  /** Returns the hyperbolic tangent. */
  public static float tanh(float x) {
    double doubled = clamp(2.0f * x);
    double rounded = doubled * LOG2_E + ROUNDER;
    double k = rounded - ROUNDER;
    double scale = powerOfTwo(rounded);
    double e = scale * expm1Reduced(doubled - k * LN_2) + (scale - 1.0);
    return x == 0.0f ? x : (float) (e / (e + 2.0));
  }

  /** Returns 1 / (1 + exp(-x)). */
  public static float sigmoid(float x) {
    return (float) (1.0 / (1.0 + exp(clamp(-x))));
  }

  private static double exp(double x) {
    double rounded = x * LOG2_E + ROUNDER;
    double k = rounded - ROUNDER;
    return powerOfTwo(rounded) * (1.0 + expm1Reduced(x - k * LN_2));
  }

  private static double clamp(float x) {
    return Math.min(BOUND, Math.max(-BOUND, x));
  }

  private static double powerOfTwo(double rounded) {
    return Double.longBitsToDouble((Double.doubleToRawLongBits(rounded) + 1023L) << 52);
  }

  private static double expm1Reduced(double r) {
    double tail = 1.0 / 40320 + r * (1.0 / 362880 + r * (1.0 / 3628800));
    double middle = 1.0 / 120 + r * (1.0 / 720 + r * (1.0 / 5040 + r * tail));
    return r * (1.0 + r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24 + r * middle))));
  }
}
