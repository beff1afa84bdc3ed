package io.firesteel.internal.gradients;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.network.GradientSums;
import java.util.List;

/**
 * What one worker, or several in one process, contribute to a step: the sums of the nodes of the
 * {@link ReductionTree} that make up their shards. Nodes without rows are left out.
 *
 * @param ranges the shards, in order
 * @param nodes the nodes that have rows, in order
 * @param sums the sum of each
 */
public record PartialSums(
    List<ShardRange> ranges, List<ShardRange> nodes, List<GradientSums> sums) {}
