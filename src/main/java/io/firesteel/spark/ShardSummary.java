package io.firesteel.spark;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What the driver needs to know of a shard that was built. It is no record, because of Kryo. */
final class ShardSummary implements Serializable {

  private static final long serialVersionUID = 1L;

  final int shard;
  final int rows;
  final long hash;
  final long contentHash;
  final @Nullable String labelProblem;

  ShardSummary(int shard, int rows, long hash, long contentHash, @Nullable String labelProblem) {
    this.shard = shard;
    this.rows = rows;
    this.hash = hash;
    this.contentHash = contentHash;
    this.labelProblem = labelProblem;
  }
}
