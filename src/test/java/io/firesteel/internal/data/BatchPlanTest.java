package io.firesteel.internal.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BatchPlanTest {

  @Test
  void rangesAreThoseOfAPlainListCutAndDealt() {
    for (int n = 1; n < 40; n++) {
      for (int b = 1; b < 45; b++) {
        for (int s = 1; s <= 11; s++) {
          checkAgainstPlainList(new BatchPlan(n, b, s, 7, false));
        }
      }
    }
  }

  private static void checkAgainstPlainList(BatchPlan plan) {
    int n = (int) plan.rows();
    List<List<Integer>> dealt = new ArrayList<>();
    for (int shard = 0; shard < plan.shards(); shard++) {
      dealt.add(new ArrayList<>());
    }

    for (int i = 0; i < n; i++) {
      dealt.get(i % plan.shards()).add(i);
    }

    int batches = 0;
    for (int start = 0; start < n; start += plan.batchSize()) {
      int end = Math.min(start + plan.batchSize(), n);
      checkBatch(plan, batches, start, end, dealt);
      batches++;
    }

    assertEquals(batches, plan.batches(), plan::toString);
    for (int shard = 0; shard < plan.shards(); shard++) {
      assertEquals(dealt.get(shard).size(), plan.shardRows(shard), plan::toString);
    }
  }

  private static void checkBatch(
      BatchPlan plan, int batch, int start, int end, List<List<Integer>> dealt) {
    Set<Integer> expected = new TreeSet<>();
    for (int i = start; i < end; i++) {
      expected.add(i);
    }

    Set<Integer> actual = new TreeSet<>();
    for (int shard = 0; shard < plan.shards(); shard++) {
      int first = plan.firstRow(shard, batch);
      int last = plan.endRow(shard, batch);
      actual.addAll(dealt.get(shard).subList(first, last));
      assertEquals(first, batch == 0 ? 0 : plan.endRow(shard, batch - 1), plan::toString);
    }

    assertEquals(expected, actual, () -> plan + ", batch " + batch);
  }

  @Test
  void positionsBeyondTheIntegersAreExact() {
    BatchPlan plan = new BatchPlan(5_000_000_000L, 4096, 256, 1, true);

    assertEquals(1_220_704, plan.batches());
    assertEquals(19_531_250, plan.shardRows(0));
    assertEquals(1_220_703 * 16, plan.firstRow(255, 1_220_703));
    assertEquals(19_531_250, plan.endRow(255, 1_220_703));
  }

  @Test
  void defaultShardsDependOnTheBatchSizeAlone() {
    assertEquals(2, BatchPlan.defaultShards(1));
    assertEquals(2, BatchPlan.defaultShards(191));
    assertEquals(3, BatchPlan.defaultShards(192));
    assertEquals(16, BatchPlan.defaultShards(1024));
    assertEquals(256, BatchPlan.defaultShards(1 << 20));
  }

  @Test
  void permutationsHoldEveryRowAndDifferByEpochShardAndSeed() {
    BatchPlan plan = new BatchPlan(1000, 64, 3, 42, true);
    int[] order = plan.permutation(5, 1);

    int[] sorted = order.clone();
    Arrays.sort(sorted);
    assertArrayEquals(new BatchPlan(1000, 64, 3, 42, false).permutation(5, 1), sorted);
    assertArrayEquals(order, plan.permutation(5, 1));
    assertNotEquals(Arrays.toString(order), Arrays.toString(plan.permutation(6, 1)));
    assertNotEquals(Arrays.toString(order), Arrays.toString(plan.permutation(5, 2)));
    BatchPlan other = new BatchPlan(1000, 64, 3, 43, true);
    assertNotEquals(Arrays.toString(order), Arrays.toString(other.permutation(5, 1)));
  }

  @Test
  void withoutShuffleRowsKeepTheirOrder() {
    BatchPlan plan = new BatchPlan(7, 2, 2, 42, false);

    assertArrayEquals(new int[] {0, 1, 2, 3}, plan.permutation(3, 0));
    assertArrayEquals(new int[] {0, 1, 2}, plan.permutation(3, 1));
  }

  @Test
  void batchSeedsDifferByEpochBatchAndShard() {
    BatchPlan plan = new BatchPlan(100, 10, 4, 42, true);
    Set<Long> seeds = new HashSet<>();
    for (int epoch = 0; epoch < 3; epoch++) {
      for (int batch = 0; batch < 10; batch++) {
        for (int shard = 0; shard < 4; shard++) {
          seeds.add(plan.batchSeed(epoch, batch, shard));
        }
      }
    }

    assertEquals(3 * 10 * 4, seeds.size());
    assertEquals(plan.batchSeed(1, 2, 3), new BatchPlan(50, 7, 5, 42, false).batchSeed(1, 2, 3));
  }

  @Test
  void refusesWhatIsNotPositive() {
    assertRefused("fit: 'rows' must be an integer >= 1. Received: 0", 0, 1, 1);
    assertRefused("fit: 'batch_size' must be an integer >= 1. Received: 0", 1, 0, 1);
    assertRefused("fit: 'shards' must be an integer >= 1. Received: -1", 1, 1, -1);
    assertRefused(
        "A shard holds at most 2^31 - 1 rows; use more shards. Received: rows=5000000000, shards=2",
        5_000_000_000L,
        1,
        2);
    assertEquals(
        "fit: 'batch_size' must be an integer >= 1. Received: 0",
        assertThrows(IllegalArgumentException.class, () -> BatchPlan.defaultShards(0))
            .getMessage());
  }

  private static void assertRefused(String message, long rows, int batchSize, int shards) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> new BatchPlan(rows, batchSize, shards, 0, true))
            .getMessage());
  }
}
