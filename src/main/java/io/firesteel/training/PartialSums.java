package io.firesteel.training;

import io.firesteel.network.GradientSums;
import io.firesteel.training.ReductionTree.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one worker contributes to a step: the sums of the nodes that make up its contiguous range of
 * shards. Nodes without rows are left out.
 *
 * @param lo the first shard of the range
 * @param hi the shard after the last one
 * @param nodes the nodes that have rows, in order
 * @param sums the sum of each
 */
public record PartialSums(int lo, int hi, List<Node> nodes, List<GradientSums> sums) {

  /**
   * Computes the sums of a range.
   *
   * @param shards the number of shards in all
   * @param part returns the sums of one shard, null if it has no rows; called in the order of
   *     shards
   */
  public static PartialSums of(
      int lo, int hi, int shards, IntFunction<? extends @Nullable GradientSums> part) {
    List<Node> nodes = new ArrayList<>();
    List<GradientSums> sums = new ArrayList<>();
    for (Node node : ReductionTree.cover(lo, hi, shards)) {
      GradientSums sum = ReductionTree.<GradientSums>reduce(node, part, PartialSums::add);
      if (sum != null) {
        nodes.add(node);
        sums.add(sum);
      }
    }

    return new PartialSums(lo, hi, nodes, sums);
  }

  static GradientSums add(GradientSums left, GradientSums right) {
    left.add(right);
    return left;
  }
}
