package io.firesteel.spark.internal.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("spark")
class ShardMemoryTest {

  private static final int ROW_BYTES = (TinyTraining.FEATURES + 2) * Float.BYTES;

  @Test
  void anExecutorsShareIsDividedAmongItsShards() {
    assertEquals(500, ShardMemory.limit(new long[] {1000}, 0.5, 1));
    assertEquals(250, ShardMemory.limit(new long[] {1000}, 0.5, 2));
    assertEquals(125, ShardMemory.limit(new long[] {1000, 2000}, 0.25, 4));
    assertEquals(83, ShardMemory.limit(new long[] {2000, 1000}, 0.25, 5));
    assertEquals(500, ShardMemory.limit(new long[] {1000, 1000, 1000}, 0.5, 2));
  }

  @Test
  void inLocalModeItIsAPartOfTheHeap() {
    SparkSession spark = LocalSpark.session("local[2]");
    long limit = ShardMemory.limit(spark.sparkContext(), 4);

    assertTrue(limit > 1 << 20, "limit " + limit);
    assertTrue(limit < Runtime.getRuntime().maxMemory() * 0.6 * 0.5 / 4, "limit " + limit);
  }

  @Test
  void theSettingCountsWhereThereIsOne() {
    SparkSession spark = LocalSpark.session("local[2]", ShardMemory.SETTING + "=3k");

    assertEquals(3072, ShardMemory.limit(spark.sparkContext(), 7));
  }

  @Test
  void refusesASettingThatIsNoSize() {
    SparkSession spark = LocalSpark.session("local[2]", ShardMemory.SETTING + "=much");

    assertEquals(
        "spark.firesteel.shardMemory must be a size such as 64m. Received: much",
        assertThrows(
                IllegalArgumentException.class, () -> ShardMemory.limit(spark.sparkContext(), 1))
            .getMessage());
  }

  @Test
  void largerShardsGoToFilesAndTheLogSaysSo() {
    BatchPlan plan = new BatchPlan(60, 17, 3, 5, true);
    int bytes = 20 * ROW_BYTES;

    assertEquals("", log(plan, bytes));
    String log = log(plan, bytes - 1);
    assertTrue(
        log.contains(
            "3 shards of %d bytes go to files in Spark's local directories; in memory a shard may have %d (spark.firesteel.shardMemory)"
                .formatted(bytes, bytes - 1)),
        log);
  }

  private static String log(BatchPlan plan, int limit) {
    SparkSession spark = LocalSpark.session("local[2]", ShardMemory.SETTING + "=" + limit);
    try (CapturedLog log = CapturedLog.of(DealtShards.class)) {
      TinyDatasets.sharded(spark, 60, 2, 1).open(TinyTraining.network(), plan).close();
      return log.text();
    }
  }
}
