package io.firesteel.internal.gradients;

import io.firesteel.internal.network.GradientSums;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.RowSums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Arithmetic on the values of all gradients of a step. Many of them are shared among threads in
 * fixed chunks; each value is computed by itself, so that no bit depends on the threads.
 */
public final class GradientChunks {

  private static final int CHUNK = 16_384;
  private static final int BLOCK = 2_048;

  /* One thread does fewer operations in the time that it takes to wake another one. */
  private static final long FEWEST_OPERATIONS = 8L * CHUNK;

  private final ChunkPool threads;
  private final List<float[][]> sums = new ArrayList<>();
  private final List<float[][]> others = new ArrayList<>();
  private final ChunkPool.Work adding = this::addChunk;
  private final ChunkPool.Work dividing = this::divideChunk;
  private float[][] gradients = new float[0][];
  private double divisor;

  /** Creates chunks for a pool of threads. */
  public GradientChunks(ChunkPool threads) {
    this.threads = threads;
  }

  /** Adds gradients to others of the same sizes. */
  void add(float[][] sum, float[][] other) {
    pair(sum, other);
    addPairs();
  }

  /**
   * Notes that gradients are to be added to others of the same sizes by the next {@link #addPairs}.
   */
  void pair(float[][] sum, float[][] other) {
    sums.add(sum);
    others.add(other);
  }

  /** Adds all pairs in the order in which they were noted. */
  void addPairs() {
    if (!sums.isEmpty()) {
      long size = size(sums.get(0));
      run(threads, size, size * sums.size(), adding);
      sums.clear();
      others.clear();
    }
  }

  /** Adds one array of each of some sums to that of another, in order. */
  static void add(ChunkPool threads, List<GradientSums> sums, List<GradientSums> others, int v) {
    if (sums.isEmpty()) {
      return;
    }

    int length = sums.get(0).arrays()[v].length;
    ChunkPool.Work work =
        chunk -> {
          int end = (int) Math.min((chunk + 1L) * CHUNK, length);
          for (int block = chunk * CHUNK; block < end; block += BLOCK) {
            for (int i = 0; i < sums.size(); i++) {
              float[] other = others.get(i).arrays()[v];
              add(sums.get(i).arrays()[v], other, block, Math.min(block + BLOCK, end));
            }
          }
        };
    run(threads, length, (long) length * sums.size(), work);
  }

  /** Divides gradients; by 0 they become 0. */
  public void divide(float[][] values, double by) {
    gradients = values;
    divisor = by;
    long size = size(values);
    run(threads, size, size, dividing);
  }

  /** Divides the values of sums of rows; by 0 they become 0. */
  public void divide(RowSums rows, double by) {
    divide(rows.values(), by, 0, rows.size() * rows.rowSize());
  }

  private static long size(float[][] arrays) {
    long size = 0;
    for (float[] array : arrays) {
      size += array.length;
    }

    return size;
  }

  private static void run(ChunkPool threads, long size, long operations, ChunkPool.Work work) {
    int chunks = Math.toIntExact((size + CHUNK - 1) / CHUNK);
    if (operations >= FEWEST_OPERATIONS) {
      threads.run(chunks, work);
      return;
    }

    for (int chunk = 0; chunk < chunks; chunk++) {
      work.run(chunk);
    }
  }

  /** Does all additions of a block before those of the next one, while it is in the cache. */
  private void addChunk(int chunk) {
    long from = (long) chunk * CHUNK;
    long begin = 0;
    float[][] shape = sums.get(0);
    for (int v = 0; v < shape.length; v++) {
      int first = clamp(from - begin, shape[v].length);
      int end = clamp(from + CHUNK - begin, shape[v].length);
      for (int block = first; block < end; block += BLOCK) {
        addBlock(v, block, Math.min(block + BLOCK, end));
      }

      begin += shape[v].length;
    }
  }

  private void addBlock(int v, int first, int end) {
    for (int i = 0; i < sums.size(); i++) {
      add(sums.get(i)[v], others.get(i)[v], first, end);
    }
  }

  private void divideChunk(int chunk) {
    long from = (long) chunk * CHUNK;
    long begin = 0;
    for (float[] gradient : gradients) {
      int first = clamp(from - begin, gradient.length);
      int end = clamp(from + CHUNK - begin, gradient.length);
      if (first < end) {
        divide(gradient, divisor, first, end);
      }

      begin += gradient.length;
    }
  }

  private static int clamp(long place, int length) {
    return (int) Math.min(Math.max(place, 0), length);
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
