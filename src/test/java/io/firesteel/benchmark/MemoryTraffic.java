package io.firesteel.benchmark;

import io.firesteel.tensor.ChunkPool;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the memory lets through, with the threads and chunks that optimizers use: a copy, of 8 bytes
 * an element, and a sum in place, of 12. A copy may also have to read what it writes over, so the
 * one that lets more through counts. {@link OptimizerBenchmark} runs it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MemoryTraffic {

  private static final int CHUNK = 32_768;

  /** The number of elements. */
  @Param("1000000")
  public int size;

  private final ChunkPool threads = ChunkPool.shared();
  private final ChunkPool.Work copyChunk = this::copyChunk;
  private final ChunkPool.Work addChunk = this::addChunk;
  private float[] source;
  private float[] target;
  private int chunks;

  /** Makes the arrays. */
  @Setup
  public void create() {
    source = new float[size];
    target = new float[size];
    chunks = (size + CHUNK - 1) / CHUNK;
  }

  /** Copies an array. */
  @Benchmark
  public void copy() {
    threads.run(chunks, copyChunk);
  }

  private void copyChunk(int chunk) {
    int from = chunk * CHUNK;
    System.arraycopy(source, from, target, from, Math.min(CHUNK, size - from));
  }

  /** Adds an array to another. */
  @Benchmark
  public void add() {
    threads.run(chunks, addChunk);
  }

  private void addChunk(int chunk) {
    float[] x = source;
    float[] y = target;
    int to = Math.min((chunk + 1) * CHUNK, size);
    for (int i = chunk * CHUNK; i < to; i++) {
      y[i] += x[i];
    }
  }
}
