package io.firesteel.tensor;

/**
 * Arithmetic on whole float arrays: the one place for reductions and shared elementwise loops.
 *
 * <p>A result depends on the values alone. Sums are taken over fixed chunks in index order, so that
 * neither threads nor their number can change a bit.
 */
public final class FloatOps {

  /*
   * A sum keeps eight double lanes per chunk (element i of the chunk goes to lane i mod 8; those that
   * are too few for all lanes have one of their own) and adds the lanes, then the chunks, in order.
   * Fewer would wait for each other's additions. The squares are rounded to float32 first and the total
   * last, as in Keras, whose own float32 sums are of an unspecified order. So a sum is nearly always
   * the correctly rounded one, and overflows where Keras's does.
   */

  /** The length of the chunks that sums are taken over. */
  public static final int SUM_CHUNK = 16_384;

  /**
   * The smallest positive float is above 1 after two multiplications by it, above all others after
   * three.
   */
  private static final float LARGE = 0x1p100f;

  /** The least magnitude that {@link #square} tells from zero. */
  private static final float LEAST = 0x1p-58f;

  /** The largest magnitude that {@link #flush} takes for zero. */
  private static final float VANISHING = Math.nextDown(0x1p-110f);

  private FloatOps() {}

  /** Returns the sum of the squares, 0 for no values. */
  public static float sumOfSquares(float[] x) {
    double sum = 0;
    for (int from = 0; from < x.length; from += SUM_CHUNK) {
      sum += sumOfSquares(x, from, Math.min(from + SUM_CHUNK, x.length));
    }

    return (float) sum;
  }

  /**
   * Returns the sum of the squares of a chunk, for those who take the chunks of an array apart: the
   * sums of its chunks, added in their order and rounded, are the sum of the array.
   *
   * @param from the beginning of a chunk, a multiple of {@link #SUM_CHUNK}
   * @param to the end of the chunk, at most {@code from + SUM_CHUNK}
   */
  public static double sumOfSquares(float[] x, int from, int to) {
    double lane0 = 0;
    double lane1 = 0;
    double lane2 = 0;
    double lane3 = 0;
    double lane4 = 0;
    double lane5 = 0;
    double lane6 = 0;
    double lane7 = 0;
    int i = from;
    for (; i < to - 7; i += 8) {
      lane0 += x[i] * x[i];
      lane1 += x[i + 1] * x[i + 1];
      lane2 += x[i + 2] * x[i + 2];
      lane3 += x[i + 3] * x[i + 3];
      lane4 += x[i + 4] * x[i + 4];
      lane5 += x[i + 5] * x[i + 5];
      lane6 += x[i + 6] * x[i + 6];
      lane7 += x[i + 7] * x[i + 7];
    }

    double rest = 0;
    for (; i < to; i++) {
      rest += x[i] * x[i];
    }

    return ((lane0 + lane1) + (lane2 + lane3)) + ((lane4 + lane5) + (lane6 + lane7)) + rest;
  }

  /** Returns the sum of a range, formed in double, 0 for no values. */
  public static double sum(float[] x, int from, int to) {
    double lane0 = 0;
    double lane1 = 0;
    double lane2 = 0;
    double lane3 = 0;
    int i = from;
    for (; i < to - 3; i += 4) {
      lane0 += x[i];
      lane1 += x[i + 1];
      lane2 += x[i + 2];
      lane3 += x[i + 3];
    }

    double rest = 0;
    for (; i < to; i++) {
      rest += x[i];
    }

    return (lane0 + lane1) + (lane2 + lane3) + rest;
  }

  /** Returns the Euclidean norm, 0 for no values. */
  public static float norm(float[] x) {
    return sqrt(sumOfSquares(x));
  }

  /** Tells whether no value is NaN or infinite. */
  public static boolean allFinite(float[] x) {
    return allFinite(x, 0, x.length);
  }

  /** Tells whether no value of a range is NaN or infinite. */
  public static boolean allFinite(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Float.isFinite(x[i])) {
        return false;
      }
    }

    return true;
  }

  /** Adds {@code y} to {@code x}. */
  public static void add(float[] x, float[] y) {
    requireSameLength(x, y);
    add(x, y, 0, x.length);
  }

  /** Adds a range of {@code y} to that of {@code x}. */
  public static void add(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] += y[i];
    }
  }

  /** Replaces each value of {@code x} by the larger of it and that of {@code y}; NaN wins. */
  public static void maximum(float[] x, float[] y) {
    requireSameLength(x, y);
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.max(x[i], y[i]);
    }
  }

  /** Multiplies each value by a factor. */
  public static void multiply(float[] x, float factor) {
    multiply(x, 0, x.length, factor);
  }

  /** Multiplies each value of a range by a factor. */
  public static void multiply(float[] x, int from, int to, float factor) {
    for (int i = from; i < to; i++) {
      x[i] *= factor;
    }
  }

  /** Divides each value by a divisor: multiplies by its rounded inverse, as XLA does. */
  public static void divide(float[] x, float divisor) {
    multiply(x, 1 / divisor);
  }

  /** Limits each value to a range; NaN stays. */
  public static void clip(float[] x, float min, float max) {
    clip(x, 0, x.length, min, max);
  }

  /** Limits each value of a range of the array to a range of numbers; NaN stays. */
  public static void clip(float[] x, int from, int to, float min, float max) {
    for (int i = from; i < to; i++) {
      x[i] = Math.min(Math.max(x[i], min), max);
    }
  }

  /** Returns the signum, as {@link Math#signum(float)}, by operations that processors vectorise. */
  public static float sign(float x) {
    return Math.max(-1, Math.min(1, x * LARGE * LARGE));
  }

  /** Returns the square root, correctly rounded. */
  public static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }

  /**
   * Returns the square of a number, which is zero for magnitudes of up to 2^-58 (3.5e-18), whose
   * squares are denormal or soon would be: those a processor works out by microcode, at a multiple
   * of the time.
   *
   * <p>It is the exact product, rounded, for magnitudes from 2^-45 (2.8e-14), and 2^-116 less
   * below.
   */
  public static float square(float x) {
    float magnitude = Math.max(Math.abs(x), LEAST);
    return magnitude * magnitude - LEAST * LEAST;
  }

  /**
   * Makes numbers of a magnitude below 2^-110 (7.7e-34) zero, before they become denormal, which
   * processors are slow with.
   *
   * <p>It depends on the numbers alone, so it is the same for all sources and threads. XLA on CPUs,
   * which Keras on JAX uses, takes every denormal number (below 2^-126) for zero, before and after
   * each operation: the results are the same but where numbers so small decide, as with an epsilon
   * of 0.
   *
   * <p>Optimizers do it with their slots, the activations and losses with their gradients, and
   * recurrent layers with the gradients that go from step to step.
   */
  public static void flush(float[] x, int from, int to) {
    /* The bound is 0 or infinite: no branch, so that processors do many at once. */
    for (int i = from; i < to; i++) {
      float above = Math.abs(x[i]) - VANISHING;
      float bound = (above + Math.abs(above)) * LARGE * LARGE * LARGE;
      x[i] = Math.min(Math.max(x[i], -bound), bound) + 0.0f;
    }
  }

  /** Returns {@code base} to the power of {@code exponent}, formed in double and then rounded. */
  public static float pow(float base, float exponent) {
    return (float) StrictMath.pow(base, exponent);
  }

  /** Returns the natural logarithm, formed in double and then rounded. */
  public static float log(float x) {
    return (float) StrictMath.log(x);
  }

  /** Returns the cosine, formed in double and then rounded. */
  public static float cos(float x) {
    return (float) StrictMath.cos(x);
  }

  private static void requireSameLength(float[] x, float[] y) {
    if (x.length != y.length) {
      throw new IllegalArgumentException(
          "Both arrays must have the same length. Received: %d and %d"
              .formatted(x.length, y.length));
    }
  }
}
