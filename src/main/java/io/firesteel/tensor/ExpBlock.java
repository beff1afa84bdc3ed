package io.firesteel.tensor;

/**
 * The functions of {@link FloatMath} that build on exp, of many values at once: the same operations
 * in the same order, so the same bits, but in loops of one kind of number each, which the JVM's
 * compiler turns into vector instructions. A thread uses one again and again.
 */
final class ExpBlock {

  /* As many values as stay in a CPU's first cache in three arrays of doubles. */
  private static final int SIZE = 512;

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
    double[] e = arguments;
    for (int i = 0; i < n; i++) {
      e[i] = FloatMath.clamp(-x[start + i]);
    }

    split(n);
    double[] scale = scales;
    for (int i = 0; i < n; i++) {
      e[i] = 1.0 / (1.0 + scale[i] * (1.0 + FloatMath.expm1Reduced(e[i])));
    }

    for (int i = 0; i < n; i++) {
      y[start + i] = (float) e[i];
    }
  }

  private void tanh(float[] x, float[] y, int start, int n) {
    double[] e = arguments;
    for (int i = 0; i < n; i++) {
      e[i] = FloatMath.clamp(2.0f * x[start + i]);
    }

    split(n);
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
