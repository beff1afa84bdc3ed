package io.firesteel.layers;

/**
 * Arithmetic with a factor and a summand for each channel, the channels last, block by block. A JVM
 * makes SIMD instructions of a loop only where all its arrays have the same index; so the numbers
 * of the channels are repeated over a block, and blocks of values are copied to where that begins.
 * A thread has one.
 */
final class ChannelBlocks {

  private static final ThreadLocal<ChannelBlocks> OWN = ThreadLocal.withInitial(ChannelBlocks::new);

  private float[] factors = new float[0];
  private float[] summands = factors;
  private float[] values = factors;
  private float[] results = factors;
  private int size;

  private ChannelBlocks() {}

  /** Returns the calling thread's, with the numbers of the channels from two places of an array. */
  static ChannelBlocks of(float[] numbers, int factor, int summand, int channels) {
    ChannelBlocks blocks = OWN.get();
    int size = Math.max(1, FloatRanges.BLOCK / channels) * channels;
    if (blocks.values.length < size) {
      blocks.factors = new float[size];
      blocks.summands = new float[size];
      blocks.values = new float[size];
      blocks.results = new float[size];
    }

    blocks.size = size;
    for (int i = 0; i < size; i += channels) {
      FloatRanges.copy(numbers, factor, blocks.factors, i, channels);
      FloatRanges.copy(numbers, summand, blocks.summands, i, channels);
    }

    return blocks;
  }

  /** Computes y = x factor + summand of n values. */
  void scale(float[] x, float[] y, int n) {
    for (int from = 0; from < n; from += size) {
      int count = Math.min(size, n - from);
      System.arraycopy(x, from, values, 0, count);
      scale(values, factors, summands, count);
      System.arraycopy(values, 0, y, from, count);
    }
  }

  private static void scale(float[] x, float[] factors, float[] summands, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * factors[i] + summands[i];
    }
  }

  /** Computes y += (x - summand) factor of n values. */
  void addScaled(float[] x, float[] y, int n) {
    for (int from = 0; from < n; from += size) {
      int count = Math.min(size, n - from);
      System.arraycopy(x, from, values, 0, count);
      System.arraycopy(y, from, results, 0, count);
      addScaled(values, factors, summands, results, count);
      System.arraycopy(results, 0, y, from, count);
    }
  }

  private static void addScaled(float[] x, float[] factors, float[] shifts, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] += (x[i] - shifts[i]) * factors[i];
    }
  }
}
