package io.firesteel.internal.gradients;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.ShardBlock;
import java.util.List;

/**
 * The shards of a data set in the memory of this process.
 *
 * @param blocks the shards, in order
 * @param plan its batches
 */
public record LocalShards(List<ShardBlock> blocks, BatchPlan plan) {}
