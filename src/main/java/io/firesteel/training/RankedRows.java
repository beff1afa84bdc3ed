package io.firesteel.training;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.RowHash;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.internal.data.ShardBlock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Rows in the order by content and seed that they have in every training, on Spark or not. */
final class RankedRows {

  private RankedRows() {}

  private record Ranked(long rank, long second, float[] row) {}

  private static Ranked ranked(float[] row, long seed) {
    long[] hashes = new long[2];
    RowHash.both(row, hashes, 0);
    return new Ranked(RowHash.rank(hashes[0], seed), hashes[1], row);
  }

  static List<float[]> of(List<float[]> rows, long seed) {
    return rows.stream()
        .map(row -> ranked(row, seed))
        .sorted(
            Comparator.comparing(Ranked::rank, Long::compareUnsigned)
                .thenComparing(Ranked::second, Long::compareUnsigned))
        .map(Ranked::row)
        .toList();
  }

  /** Deals rows to the shards of a plan, one after the other in its order. */
  static List<ShardBlock> deal(List<float[]> rows, RowLayout layout, BatchPlan plan) {
    List<float[]> ordered = plan.shuffle() ? of(rows, plan.seed()) : rows;
    List<ShardBlock> blocks = new ArrayList<>(plan.shards());
    for (int shard = 0; shard < plan.shards(); shard++) {
      ShardBlock.Builder builder = ShardBlock.builder(shard, plan.shardRows(shard), layout);
      for (int row = shard; row < ordered.size(); row += plan.shards()) {
        builder.add(ordered.get(row));
      }

      blocks.add(builder.build());
    }

    return blocks;
  }
}
