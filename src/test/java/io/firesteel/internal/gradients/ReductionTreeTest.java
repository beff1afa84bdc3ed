package io.firesteel.internal.gradients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.tensor.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReductionTreeTest {

  /** Writes down in which order parts are added. */
  private static @Nullable String formula(int shards, long absent) {
    return ReductionTree.<String>reduce(
        new ShardRange(0, shards),
        shard -> (absent >> shard & 1) == 1 ? null : "" + shard,
        (left, right) -> "(" + left + "+" + right + ")");
  }

  @Test
  void splitsAtTheLargestPowerOfTwoBelowTheSize() {
    assertEquals("0", formula(1, 0));
    assertEquals("(0+1)", formula(2, 0));
    assertEquals("((0+1)+2)", formula(3, 0));
    assertEquals("((0+1)+(2+3))", formula(4, 0));
    assertEquals("(((0+1)+(2+3))+((4+5)+6))", formula(7, 0));
  }

  @Test
  void absentShardsAreLeftOut() {
    assertEquals("((0+(2+3))+(5+6))", formula(7, 0b10010));
    assertEquals("6", formula(7, 0b111111));
    assertNull(formula(3, 0b111));
    assertNull(ReductionTree.<String>reduce(new ShardRange(0, 0), shard -> "?", (a, b) -> a));
  }

  @Test
  void theCoverIsMadeOfTheFewestNodes() {
    assertEquals(List.of(new ShardRange(0, 8)), ReductionTree.cover(new ShardRange(0, 8), 8));
    assertEquals(
        List.of(
            new ShardRange(1, 2), new ShardRange(2, 4), new ShardRange(4, 6), new ShardRange(6, 7)),
        ReductionTree.cover(new ShardRange(1, 7), 8));
    assertEquals(List.of(new ShardRange(4, 7)), ReductionTree.cover(new ShardRange(4, 7), 7));
    assertEquals(List.of(), ReductionTree.cover(new ShardRange(3, 3), 7));
  }

  @Test
  void refusesARangeOutsideTheShards() {
    assertEquals(
        "Expected 0 <= lo <= hi <= shards. Received: lo=2, hi=9, shards=8",
        assertThrows(
                IllegalArgumentException.class, () -> ReductionTree.cover(new ShardRange(2, 9), 8))
            .getMessage());
  }

  @Test
  void anyCutIntoContiguousRangesGivesTheSameBits() {
    int checked = 0;
    for (int shards = 1; shards <= 9; shards++) {
      for (int absent = 0; absent < (1 << shards) - 1; absent += 1 + absent / 7) {
        float[] whole = reduceInCuts(shards, absent, 0);
        for (int cuts = 1; cuts < 1 << (shards - 1); cuts++) {
          assertArrayEquals(
              whole,
              reduceInCuts(shards, absent, cuts),
              "shards %d, absent %x, cuts %x".formatted(shards, absent, cuts));
          checked++;
        }
      }
    }

    assertTrue(checked > 10_000, "checked " + checked);
  }

  private static PartialSums partialSums(
      int lo, int hi, int shards, IntFunction<@Nullable GradientSums> part) {
    List<ShardRange> nodes = new ArrayList<>();
    List<GradientSums> sums = new ArrayList<>();
    for (ShardRange node : ReductionTree.cover(new ShardRange(lo, hi), shards)) {
      GradientSums sum = ReductionTree.<GradientSums>reduce(node, part, ReductionTreeTest::add);
      if (sum != null) {
        nodes.add(node);
        sums.add(sum);
      }
    }

    return new PartialSums(List.of(new ShardRange(lo, hi)), nodes, sums);
  }

  private static GradientSums add(GradientSums left, GradientSums right) {
    left.add(right);
    return left;
  }

  /** Bit i of {@code cuts} set: a new range begins at shard i + 1. */
  private static float[] reduceInCuts(int shards, int absent, int cuts) {
    List<PartialSums> parts = new ArrayList<>();
    int lo = 0;
    for (int hi = 1; hi <= shards; hi++) {
      if (hi == shards || (cuts >> (hi - 1) & 1) == 1) {
        parts.add(partialSums(lo, hi, shards, shard -> sums(shard, absent)));
        lo = hi;
      }
    }

    Collections.shuffle(parts, new Random(cuts));
    GradientAggregator aggregator = new GradientAggregator(shards);
    parts.forEach(aggregator::add);
    return aggregator.result().gradients()[0];
  }

  private static @Nullable GradientSums sums(int shard, int absent) {
    if ((absent >> shard & 1) == 1) {
      return null;
    }

    RandomStream random = RandomStream.of(shard);
    float[] values = new float[20];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }

    return GradientSums.of(new float[][] {values}, new Totals(new double[0], 1, 1, 1, values[0]));
  }

  @Test
  void anotherOrderWouldGiveOtherBits() {
    GradientSums sequential =
        GradientSums.of(new float[1][20], new Totals(new double[0], 0, 0, 0, 0));
    for (int shard = 0; shard < 9; shard++) {
      sequential.add(sums(shard, 0));
    }

    assertNotEquals(
        Arrays.toString(reduceInCuts(9, 0, 0)), Arrays.toString(sequential.gradients()[0]));
  }

  @Test
  void theSumOfNegativeZerosStaysNegativeZero() {
    GradientAggregator aggregator = new GradientAggregator(3);
    aggregator.add(
        partialSums(
            0,
            3,
            3,
            shard ->
                shard == 1
                    ? GradientSums.of(
                        new float[][] {{-0f}}, new Totals(new double[0], 1, 1, 1, -0.0))
                    : null));

    assertEquals(
        Float.floatToRawIntBits(-0f),
        Float.floatToRawIntBits(aggregator.result().gradients()[0][0]));
  }

  @Test
  void refusesShardsTwiceOrMissing() {
    GradientAggregator aggregator = new GradientAggregator(3);
    aggregator.add(partialSums(0, 2, 3, shard -> sums(shard, 0)));

    assertEquals(
        "The sums of shard 2 are missing",
        assertThrows(IllegalStateException.class, aggregator::result).getMessage());
    assertEquals(
        "The sums of shard 1 came twice",
        assertThrows(
                IllegalStateException.class,
                () -> aggregator.add(partialSums(1, 3, 3, shard -> sums(shard, 0))))
            .getMessage());
  }

  @Test
  void refusesABatchWithoutRows() {
    GradientAggregator aggregator = new GradientAggregator(2);
    aggregator.add(partialSums(0, 2, 2, shard -> null));

    assertEquals(
        "No shard has rows in this batch",
        assertThrows(IllegalStateException.class, aggregator::result).getMessage());
  }
}
