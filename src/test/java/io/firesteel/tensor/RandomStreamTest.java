package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomStreamTest {

  @Test
  void theMixIsTheFinalizerOfSplitMix64() {
    // The first outputs of SplitMix64 with the state 0 are published with the algorithm.
    assertEquals(0xE220A8397B1DCDAFL, RandomStream.mix(0x9E3779B97F4A7C15L));
    assertEquals(0x6E789E6AA1B965F4L, RandomStream.mix(0x3C6EF372FE94F82AL));
  }

  @Test
  void everyKeyAndTheirOrderMatter() {
    Set<Long> firsts = new HashSet<>();
    for (long a = 0; a < 20; a++) {
      for (long b = 0; b < 20; b++) {
        firsts.add(RandomStream.of(a, b).nextLong());
      }
    }

    assertEquals(400, firsts.size());
    assertEquals(RandomStream.of(1, 2).nextLong(), RandomStream.of(1, 2).nextLong());
    assertNotEquals(RandomStream.of(1).nextLong(), RandomStream.of(1, 0).nextLong());
  }

  @Test
  void integersAreUniform() {
    RandomStream random = RandomStream.of(3);
    int[] counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[random.nextInt(7)]++;
    }

    for (int count : counts) {
      assertEquals(10_000, count, 500);
    }
  }

  @Test
  void floatsAreInTheHalfOpenUnitInterval() {
    RandomStream random = RandomStream.of(4);
    double sum = 0;
    for (int i = 0; i < 100_000; i++) {
      float value = random.nextFloat();
      assertTrue(value >= 0 && value < 1);
      sum += value;
    }

    assertEquals(0.5, sum / 100_000, 0.005);
  }

  @Test
  void gaussiansHaveMeanZeroAndVarianceOne() {
    RandomStream random = RandomStream.of(5);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 100_000; i++) {
      double value = random.nextGaussian();
      sum += value;
      squares += value * value;
    }

    assertEquals(0, sum / 100_000, 0.02);
    assertEquals(1, squares / 100_000, 0.02);
  }

  @Test
  void aPermutationHasEveryNumberOnce() {
    int[] order = RandomStream.of(6).permutation(1000);
    int[] sorted = order.clone();
    Arrays.sort(sorted);

    assertNotEquals(0, order[0] + order[1] + order[2]);
    for (int i = 0; i < sorted.length; i++) {
      assertEquals(i, sorted[i]);
    }

    assertArrayEquals(order, RandomStream.of(6).permutation(1000));
    assertEquals(0, RandomStream.of(6).permutation(0).length);
  }

  @Test
  void aBoundMustBePositive() {
    assertEquals(
        "bound must be positive. Received: 0",
        assertThrows(IllegalArgumentException.class, () -> RandomStream.of(1).nextInt(0))
            .getMessage());
  }
}
