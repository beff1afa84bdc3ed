package io.firesteel.spark.internal.shards;

import io.firesteel.internal.data.ShardBlock;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What the driver needs to know of a shard that was built. It is no record, because of Kryo. */
final class ShardSummary implements Serializable {

  private static final long serialVersionUID = 1L;

  final int shard;
  final int rows;
  final long hash;
  final long contentHash;
  final boolean hasWeight;
  final @Nullable String labelProblem;

  ShardSummary(ShardBlock block, @Nullable String labelProblem) {
    this.shard = block.shard();
    this.rows = block.rows();
    this.hash = block.hash();
    this.contentHash = block.contentHash();
    this.hasWeight = block.hasWeight();
    this.labelProblem = labelProblem;
  }
}
