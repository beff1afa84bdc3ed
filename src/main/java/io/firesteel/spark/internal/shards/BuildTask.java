package io.firesteel.spark.internal.shards;

import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.DataChecks;
import io.firesteel.internal.network.Network;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.ExecutorNetworks;
import java.util.Iterator;

/** Builds shards, which caches them, and checks their labels. */
final class BuildTask extends ShardTask<ShardSummary[]> {

  private static final long serialVersionUID = 1L;

  private final ExecutorNetworkSpec network;

  BuildTask(ExecutorNetworkSpec network, int shards) {
    super(shards);
    this.network = network;
  }

  @Override
  Class<ShardSummary[]> resultType() {
    return ShardSummary[].class;
  }

  @Override
  ShardSummary[] run(ShardRange range, Iterator<ShardBlock> blocks) {
    Network built = ExecutorNetworks.network(network);
    ShardSummary[] summaries = new ShardSummary[range.hi() - range.lo()];
    for (int i = 0; i < summaries.length; i++) {
      ShardBlock block = blocks.next();
      summaries[i] = new ShardSummary(block, DataChecks.labelProblem(built, block));
    }

    return summaries;
  }
}
