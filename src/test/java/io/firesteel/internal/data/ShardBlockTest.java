package io.firesteel.internal.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ShardBlockTest {

  private static final RowLayout LAYOUT = RowLayout.of(2, 1).withWeights(1);

  private static ShardBlock block(int shard, int rows) {
    ShardBlock.Builder builder = ShardBlock.builder(shard, rows, LAYOUT);
    for (int row = 0; row < rows; row++) {
      builder.add(new float[] {row, 10 + row, 20 + row, 30 + row});
    }

    return builder.build();
  }

  @Test
  void gathersRowsInTheOrderGiven() {
    Batch batch = block(0, 4).gather(new int[] {3, 1, 2, 0}, 1, 3, new BatchBuffer());

    assertEquals(2, batch.rows());
    assertArrayEquals(new float[] {1, 11, 2, 12}, batch.features());
    assertArrayEquals(new float[] {21, 22}, batch.labels());
    assertArrayEquals(new float[] {31, 32}, batch.weights());
  }

  @Test
  void slicesRowsInLocalOrder() {
    Batch batch = block(0, 4).slice(2, 4, new BatchBuffer());

    assertArrayEquals(new float[] {2, 12, 3, 13}, batch.features());
    assertArrayEquals(new float[] {22, 23}, batch.labels());
    assertArrayEquals(new float[] {32, 33}, batch.weights());
  }

  @Test
  void anEpochOfBatchesHoldsEveryRowOnce() {
    BatchPlan plan = new BatchPlan(23, 5, 2, 9, true);
    ShardBlock block = block(1, 11);
    BatchBuffer buffer = new BatchBuffer();
    for (int epoch = 0; epoch < 3; epoch++) {
      float[] seen = new float[11];
      int count = 0;
      for (int t = 0; t < plan.batches(); t++) {
        Batch batch = block.batch(plan, epoch, t, buffer);
        assertNotNull(batch);
        for (int i = 0; i < batch.rows(); i++) {
          seen[count++] = batch.features()[2 * i];
        }
      }

      Arrays.sort(seen);
      assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, seen);
    }
  }

  @Test
  void aShardWithoutRowsInABatchIsAbsent() {
    BatchPlan plan = new BatchPlan(3, 1, 2, 9, true);

    assertNull(block(1, 1).batch(plan, 0, 0, new BatchBuffer()));
    assertNotNull(block(1, 1).batch(plan, 0, 1, new BatchBuffer()));
    assertNull(block(5, 0).batch(new BatchPlan(3, 3, 6, 9, true), 0, 0, new BatchBuffer()));
  }

  @Test
  void buffersAreReused() {
    ShardBlock block = block(0, 4);
    BatchBuffer buffer = new BatchBuffer();
    Batch large = block.slice(0, 4, buffer);
    Batch small = block.slice(3, 4, buffer);

    assertSame(large.features(), small.features());
    assertSame(large.labels(), small.labels());
    assertSame(large.weights(), small.weights());
    assertEquals(3, small.features()[0]);
  }

  @Test
  void withoutWeightsABatchHasNone() {
    ShardBlock block = ShardBlock.builder(0, 1, RowLayout.of(1, 1)).add(new float[] {1, 2}).build();

    assertNull(block.slice(0, 1, new BatchBuffer()).weights());
  }

  @Test
  void theHashSeesEveryValueAndTheOrder() {
    RowLayout layout = RowLayout.of(1, 1);
    float[] a = {1, 2};
    float[] b = {1, 3};
    long hash = ShardBlock.builder(0, 2, layout).add(a).add(b).build().hash();

    assertEquals(hash, ShardBlock.builder(3, 2, layout).add(a).add(b).build().hash());
    assertNotEquals(hash, ShardBlock.builder(0, 2, layout).add(b).add(a).build().hash());
    assertNotEquals(hash, ShardBlock.builder(0, 2, layout).add(a).add(a).build().hash());
  }

  @Test
  void refusesAnotherNumberOfRowsThanPlanned() {
    ShardBlock.Builder builder = ShardBlock.builder(4, 1, RowLayout.of(1, 1));

    assertEquals(
        "Shard 4 has 0 rows; it was planned with 1",
        assertThrows(IllegalStateException.class, builder::build).getMessage());
    builder.add(new float[] {1, 2});
    assertEquals(
        "Shard 4 has more than the 1 rows that it was planned with",
        assertThrows(IllegalStateException.class, () -> builder.add(new float[] {1, 2}))
            .getMessage());
  }

  @Test
  void refusesABatchOfMoreValuesThanAnArrayHolds() {
    RowLayout wide = RowLayout.of(1 << 24, 1);
    ShardBlock shard = ShardBlock.builder(0, 0, wide).build();

    assertEquals(
        "128 rows of 16777216 values are too many for one shard's part of a batch (at most 2^31 - 1"
            + " values); use a smaller batch_size or more shards",
        assertThrows(IllegalArgumentException.class, () -> shard.slice(0, 128, new BatchBuffer()))
            .getMessage());
  }

  @Test
  void theHashesAreThoseOfTheFirstRelease() {
    ShardBlock shard = block(3, 4);

    assertEquals(145476057922871961L, shard.hash());
    assertEquals(7241521442165942130L, shard.contentHash());
  }

  @Test
  void labelsAreOfTheRowsInLocalOrder() {
    assertArrayEquals(new float[] {21, 22}, block(0, 4).labels(1, 3));
    assertArrayEquals(new float[0], block(0, 0).labels(0, 0));
  }

  @Test
  void aLayoutNeedsFeaturesAndLabels() {
    assertEquals(
        "A row needs at least one feature and one label. Received: 0 features, 1 labels",
        assertThrows(IllegalArgumentException.class, () -> RowLayout.of(0, 1)).getMessage());
  }
}
