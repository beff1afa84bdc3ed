package io.firesteel.training;

import io.firesteel.internal.network.GradientSums;
import io.firesteel.training.ReductionTree.Node;
import java.util.List;

/**
 * What one worker contributes to a step: the sums of the nodes that make up its contiguous range of
 * shards. Nodes without rows are left out.
 *
 * @param lo the first shard of the range
 * @param hi the shard after the last one
 * @param nodes the nodes that have rows, in order
 * @param sums the sum of each
 */
public record PartialSums(int lo, int hi, List<Node> nodes, List<GradientSums> sums) {}
