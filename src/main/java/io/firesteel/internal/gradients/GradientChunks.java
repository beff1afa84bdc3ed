package io.firesteel.internal.gradients;

import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.RowSums;
import java.util.Arrays;

/**
 * Arithmetic on the values of all gradients of a step. Many of them are shared among threads in
 * fixed chunks; each value is computed by itself, so that no bit depends on the threads.
 */
public final class GradientChunks implements ChunkPool.Work {

  private static final int CHUNK = 32_768;
  private static final long FEWEST_VALUES = 8L * CHUNK;
  private static final float[][] NOTHING = new float[0][];

  private final ChunkPool threads;
  private float[][] values = NOTHING;
  private float[][] addends = NOTHING;
  private double divisor;

  public GradientChunks(ChunkPool threads) {
    this.threads = threads;
  }

  /** Adds gradients to others of the same sizes. */
  void add(float[][] sums, float[][] others) {
    addends = others;
    run(sums);
    addends = NOTHING;
  }

  /** Divides gradients; by 0 they become 0. */
  public void divide(float[][] gradients, double by) {
    divisor = by;
    run(gradients);
  }

  /** Divides the values of sums of rows; by 0 they become 0. */
  public void divide(RowSums rows, double by) {
    divide(rows.values(), by, 0, rows.size() * rows.rowSize());
  }

  private void run(float[][] gradients) {
    long size = 0;
    for (float[] gradient : gradients) {
      size += gradient.length;
    }

    values = gradients;
    if (size < FEWEST_VALUES) {
      compute(0, size);
    } else {
      threads.run(Math.toIntExact((size + CHUNK - 1) / CHUNK), this);
    }

    values = NOTHING;
  }

  @Override
  public void run(int chunk) {
    compute((long) chunk * CHUNK, (chunk + 1L) * CHUNK);
  }

  /** Computes the values [from, to) of all gradients, one after the other. */
  private void compute(long from, long to) {
    long begin = 0;
    for (int v = 0; v < values.length; v++) {
      int length = values[v].length;
      int first = (int) Math.min(Math.max(from - begin, 0), length);
      int end = (int) Math.min(Math.max(to - begin, 0), length);
      if (first < end && addends.length > 0) {
        add(values[v], addends[v], first, end);
      } else if (first < end) {
        divide(values[v], divisor, first, end);
      }

      begin += length;
    }
  }

  private static void add(float[] sum, float[] other, int first, int end) {
    for (int i = first; i < end; i++) {
      sum[i] += other[i];
    }
  }

  private static void divide(float[] gradient, double divisor, int first, int end) {
    if (divisor == 0) {
      Arrays.fill(gradient, first, end, 0);
      return;
    }

    float count = (float) divisor;
    for (int i = first; i < end; i++) {
      gradient[i] /= count;
    }
  }
}
