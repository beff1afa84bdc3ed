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
   *
   * log(1 + u) is the series of 2 artanh(u / (2 + u)). The normal distribution's tail is
   * erfc(z) / 2 with z = |x| / sqrt(2), of which a polynomial gives the smooth part; its
   * coefficients are a Chebyshev fit.
   */

  static final double LOG2_E = 1.4426950408889634;
  static final double LN_2 = 0.6931471805599453;
  static final double ROUNDER = 0x1.8p52;

  private static final double SQRT_HALF = 0.7071067811865476;

  /** The coefficients of (1 + 2 z) exp(z²) erfc(z) in (z - 3) / (z + 3), lowest first. */
  private static final double[] NORMAL_CDF = {
    1.253008058255135,
    -0.13562110694300375,
    -0.04756229251667467,
    0.12964520336234497,
    -0.11927367949584569,
    0.06830732879509692,
    -0.02377088655976771,
    0.0025338120776700972,
    0.0018939036300738114,
    -0.0007907825532974921,
    -0.00012663172862172674,
    0.000127448066638019,
    3.343119877539778e-05
  };

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

  /**
   * Fills y with the first n values' {@link #tanh(float)}, several times faster than one by one.
   *
   * @param y may be {@code x} itself
   */
  public static void tanh(float[] x, float[] y, int n) {
    ExpBlock.tanh(x, y, n);
  }

  /**
   * Fills y with the first n values' {@link #sigmoid(float)}, several times faster than one by one.
   *
   * @param y may be {@code x} itself
   */
  public static void sigmoid(float[] x, float[] y, int n) {
    ExpBlock.sigmoid(x, y, n);
  }

  /** Returns log(1 + exp(x)). */
  public static float softplus(float x) {
    double u = exp(-Math.abs(clamp(x)));
    double f = u / (2.0 + u);
    double square = f * f;
    double series = 0.0;
    for (int term = 21; term >= 1; term -= 2) {
      series = series * square + 1.0 / term;
    }

    return (float) (Math.max(x, 0.0) + 2.0 * f * series);
  }

  /** Returns the probability that a standard normal number is at most x. */
  public static float normalCdf(float x) {
    double z = Math.min(Math.abs(x), 14.5) * SQRT_HALF;
    double t = (z - 3.0) / (z + 3.0);
    double polynomial = 0.0;
    for (int i = NORMAL_CDF.length - 1; i >= 0; i--) {
      polynomial = polynomial * t + NORMAL_CDF[i];
    }

    double tail = 0.5 * exp(-z * z) * polynomial / (1.0 + 2.0 * z);
    return (float) (x <= 0.0f ? tail : 1.0 - tail);
  }

  private static double exp(double x) {
    double rounded = x * LOG2_E + ROUNDER;
    double k = rounded - ROUNDER;
    return powerOfTwo(rounded) * (1.0 + expm1Reduced(x - k * LN_2));
  }

  static double clamp(float x) {
    return Math.min(BOUND, Math.max(-BOUND, x));
  }

  static double powerOfTwo(double rounded) {
    return Double.longBitsToDouble((Double.doubleToRawLongBits(rounded) + 1023L) << 52);
  }

  static double expm1Reduced(double r) {
    double tail = 1.0 / 40320 + r * (1.0 / 362880 + r * (1.0 / 3628800));
    double middle = 1.0 / 120 + r * (1.0 / 720 + r * (1.0 / 5040 + r * tail));
    return r * (1.0 + r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24 + r * middle))));
  }

  /**
   * The functions of {@link FloatMath} that build on exp, of many values at once: the same
   * operations in the same order, so the same bits, but in loops of one kind of number each, which
   * the JVM's compiler turns into vector instructions. A thread uses one again and again.
   */
  private static final class ExpBlock {

    /* As many values as stay in a CPU's first cache in three arrays of doubles. */
    private static final int SIZE = 512;

    /** The compiler of JDK 17 makes branches of a clamp, which take as long as the exponential. */
    private static final boolean CLAMPS_IN_VECTORS = Runtime.version().feature() > 17;

    private static final int BOUND_BITS = Float.floatToRawIntBits((float) BOUND);

    private static final ThreadLocal<ExpBlock> OWN = ThreadLocal.withInitial(ExpBlock::new);

    private final double[] arguments = new double[SIZE];
    private final double[] rounded = new double[SIZE];
    private final double[] scales = new double[SIZE];

    private ExpBlock() {}

    static void sigmoid(float[] x, float[] y, int n) {
      ExpBlock block = OWN.get();
      for (int start = 0; start < n; start += SIZE) {
        block.sigmoid(x, y, start, Math.min(SIZE, n - start));
      }
    }

    static void tanh(float[] x, float[] y, int n) {
      ExpBlock block = OWN.get();
      for (int start = 0; start < n; start += SIZE) {
        block.tanh(x, y, start, Math.min(SIZE, n - start));
      }
    }

    private void sigmoid(float[] x, float[] y, int start, int n) {
      fill(x, -1.0f, start, n);
      split(n);
      double[] e = arguments;
      double[] scale = scales;
      for (int i = 0; i < n; i++) {
        e[i] = 1.0 / (1.0 + scale[i] * (1.0 + FloatMath.expm1Reduced(e[i])));
      }

      for (int i = 0; i < n; i++) {
        y[start + i] = (float) e[i];
      }
    }

    private void tanh(float[] x, float[] y, int start, int n) {
      fill(x, 2.0f, start, n);
      split(n);
      double[] e = arguments;
      double[] scale = scales;
      for (int i = 0; i < n; i++) {
        /* Subtracted, the 0 of a scale of 1 leaves a -0 as it is. */
        double expm1 = scale[i] * FloatMath.expm1Reduced(e[i]) - (1.0 - scale[i]);
        e[i] = expm1 / (expm1 + 2.0);
      }

      for (int i = 0; i < n; i++) {
        y[start + i] = (float) e[i];
      }
    }

    /** Fills the arguments with factor x, kept within the bound. */
    private void fill(float[] x, float factor, int start, int n) {
      double[] e = arguments;
      if (!CLAMPS_IN_VECTORS && fillIfWithin(x, factor, start, n)) {
        return;
      }

      for (int i = 0; i < n; i++) {
        e[i] = FloatMath.clamp(factor * x[start + i]);
      }
    }

    /** Fills the arguments and tells whether all are numbers within the bound. */
    private boolean fillIfWithin(float[] x, float factor, int start, int n) {
      double[] e = arguments;
      int beyond = 0;
      for (int i = 0; i < n; i++) {
        float value = factor * x[start + i];
        beyond |= BOUND_BITS - (Float.floatToRawIntBits(value) & Integer.MAX_VALUE);
        e[i] = value;
      }

      return beyond >= 0;
    }

    /** Splits each argument into a multiple of ln 2, kept as a power of two, and the rest. */
    private void split(int n) {
      double[] e = arguments;
      double[] r = rounded;
      double[] scale = scales;
      for (int i = 0; i < n; i++) {
        r[i] = e[i] * FloatMath.LOG2_E + FloatMath.ROUNDER;
      }

      for (int i = 0; i < n; i++) {
        scale[i] = FloatMath.powerOfTwo(r[i]);
      }

      for (int i = 0; i < n; i++) {
        e[i] = e[i] - (r[i] - FloatMath.ROUNDER) * FloatMath.LN_2;
      }
    }
  }
}
