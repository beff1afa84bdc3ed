package io.firesteel.internal.gradients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.RandomStream;
import io.firesteel.testing.AllocatedBytes;
import org.junit.jupiter.api.Test;

class GradientChunksTest {

  private static final int[][] SIZES = {
    {}, {0}, {5}, {3, 0, 7}, {262_143}, {262_144}, {1, 32_768, 40_000, 0, 300_001, 2}
  };

  @Test
  void manyThreadsGiveTheBitsOfOneLoop() {
    try (ChunkPool threads = ChunkPool.of(4)) {
      GradientChunks chunks = new GradientChunks(threads);
      for (int[] sizes : SIZES) {
        float[][] sums = random(1, sizes);
        float[][] others = random(2, sizes);
        float[][] expected = random(1, sizes);
        for (int v = 0; v < sizes.length; v++) {
          for (int i = 0; i < sizes[v]; i++) {
            expected[v][i] = (expected[v][i] + others[v][i]) / 3.0f;
          }
        }

        chunks.add(sums, others);
        chunks.divide(sums, 3.0);
        assertArrayEquals(expected, sums);
        assertArrayEquals(random(2, sizes), others);
      }
    }
  }

  @Test
  void dividedByNothingIsNothing() {
    float[][] gradients = {{1, Float.NaN}, {Float.POSITIVE_INFINITY}};
    new GradientChunks(ChunkPool.shared()).divide(gradients, 0);
    assertArrayEquals(new float[][] {{0, 0}, {0}}, gradients);
  }

  @Test
  void allocatesNothing() {
    try (ChunkPool threads = ChunkPool.of(2)) {
      GradientChunks chunks = new GradientChunks(threads);
      float[][] sums = random(1, 200_000, 100_000);
      float[][] others = random(2, 200_000, 100_000);
      long bytes =
          AllocatedBytes.perCall(
              200,
              () -> {
                chunks.add(sums, others);
                chunks.divide(sums, 2.0);
              });
      assertTrue(bytes < 64, bytes + " bytes a call");
    }
  }

  private static float[][] random(long seed, int... sizes) {
    RandomStream random = RandomStream.of(seed);
    float[][] arrays = new float[sizes.length][];
    for (int v = 0; v < sizes.length; v++) {
      arrays[v] = new float[sizes[v]];
      for (int i = 0; i < sizes[v]; i++) {
        arrays[v][i] = random.nextFloat() - 0.5f;
      }
    }

    return arrays;
  }
}
