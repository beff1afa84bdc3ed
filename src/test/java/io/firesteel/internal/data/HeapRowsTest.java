package io.firesteel.internal.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapRowsTest {

  private static final int WIDTH = 3;
  private static final int ROW_BYTES = WIDTH * Float.BYTES;

  private static HeapRows rows(int rows, int blockBytes) {
    RowSink sink = HeapRows.sink(rows, WIDTH, blockBytes);
    for (int row = 0; row < rows; row++) {
      sink.add(row(row));
    }

    return (HeapRows) sink.finish();
  }

  private static float[] row(int row) {
    return new float[] {row, 100 + row, 200 + row};
  }

  @ParameterizedTest
  @CsvSource({
    "0, 12, 0",
    "1, 12, 1",
    "7, 12, 7",
    "7, 24, 4",
    "8, 24, 4",
    "7, 36, 4",
    "7, 48, 2",
    "9, 48, 3",
    "7, 1000, 1"
  })
  void blocksHoldWholeRows(int count, int blockBytes, int blocks) {
    HeapRows rows = rows(count, blockBytes);

    assertEquals(blocks, rows.blocks());
    for (int row = 0; row < count; row++) {
      float[] copy = new float[WIDTH];
      rows.copy(row, 0, WIDTH, copy, 0);
      assertArrayEquals(row(row), copy);
    }
  }

  @Test
  void aRowWiderThanABlockIsABlockOfItsOwn() {
    assertEquals(5, rows(5, ROW_BYTES - 1).blocks());
    assertEquals(5, rows(5, 1).blocks());
  }

  @Test
  void partsOfRowsAreCopied() {
    float[] target = {-1, -1, -1, -1};
    rows(7, 2 * ROW_BYTES).copy(5, 1, 2, target, 1);

    assertArrayEquals(new float[] {-1, 105, 205, -1}, target);
  }

  @ParameterizedTest
  @CsvSource({"1", "24", "48", "1000"})
  void aShardDoesNotShowHowManyBlocksItHas(int blockBytes) {
    RowLayout layout = RowLayout.of(1, 1).withWeights(1);
    ShardBlock.Builder one = ShardBlock.builder(1, 7, layout);
    ShardBlock.Builder many = ShardBlock.builder(1, 7, layout, HeapRows.sink(7, WIDTH, blockBytes));
    for (int row = 0; row < 7; row++) {
      one.add(row(row));
      many.add(row(row));
    }

    ShardBlock expected = one.build();
    ShardBlock shard = many.build();
    BatchPlan plan = new BatchPlan(14, 5, 2, 9, true);
    assertEquals(expected.hash(), shard.hash());
    assertEquals(expected.contentHash(), shard.contentHash());
    assertArrayEquals(expected.labels(0, 7), shard.labels(0, 7));
    assertSame(expected.slice(1, 6, new BatchBuffer()), shard.slice(1, 6, new BatchBuffer()));
    for (int batch = 0; batch < plan.batches(); batch++) {
      assertSame(
          expected.batch(plan, 3, batch, new BatchBuffer()),
          shard.batch(plan, 3, batch, new BatchBuffer()));
    }
  }

  private static void assertSame(Batch expected, Batch batch) {
    assertEquals(expected.rows(), batch.rows());
    assertArrayEquals(expected.features(), batch.features());
    assertArrayEquals(expected.labels(), batch.labels());
    assertArrayEquals(expected.weights(), batch.weights());
  }
}
