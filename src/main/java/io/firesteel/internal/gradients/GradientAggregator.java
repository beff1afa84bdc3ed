package io.firesteel.internal.gradients;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.tensor.ChunkPool;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the workers of one step contribute and adds the rest of the {@link ReductionTree},
 * each node as soon as both its children are there. Contributions may come in any order, from any
 * cut of the shards into contiguous ranges.
 */
public final class GradientAggregator {

  private final int shards;
  private final boolean[] present;
  private final GradientChunks chunks = new GradientChunks(ChunkPool.shared());

  /* The sum of each node that is known and has rows, by its height and its first shard. */
  private final @Nullable GradientSums[][] sums;

  /** Creates an aggregator of one step over that many shards. */
  public GradientAggregator(int shards) {
    this.shards = shards;
    this.present = new boolean[shards];
    this.sums = new GradientSums[ReductionTree.height(0, shards) + 1][shards];
  }

  /** Forgets all contributions, for another step. */
  public void reset() {
    Arrays.fill(present, false);
    for (@Nullable GradientSums[] level : sums) {
      Arrays.fill(level, null);
    }
  }

  /**
   * Adds a contribution.
   *
   * @throws IllegalStateException if one of its shards is already there
   */
  public void add(PartialSums part) {
    part.ranges().forEach(this::enter);
    List<ShardRange> nodes = part.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      ShardRange node = nodes.get(i);
      sums[ReductionTree.height(node.lo(), node.hi())][node.lo()] = part.sums().get(i);
    }

    isComplete(0, shards);
  }

  private void enter(ShardRange range) {
    for (int shard = range.lo(); shard < range.hi(); shard++) {
      if (present[shard]) {
        throw new IllegalStateException("The sums of shard %d came twice".formatted(shard));
      }

      present[shard] = true;
    }
  }

  /**
   * Returns the sums over all shards; they reuse the arrays of the contributions.
   *
   * @throws IllegalStateException if a shard is missing, or none has rows
   */
  public GradientSums result() {
    for (int shard = 0; shard < shards; shard++) {
      if (!present[shard]) {
        throw new IllegalStateException("The sums of shard %d are missing".formatted(shard));
      }
    }

    GradientSums result = sums[sums.length - 1][0];
    if (result == null) {
      throw new IllegalStateException("No shard has rows in this batch");
    }

    return result;
  }

  /** Adds what can be added within a node, and tells whether all its shards are there. */
  private boolean isComplete(int lo, int hi) {
    int height = ReductionTree.height(lo, hi);
    if (sums[height][lo] != null || hi - lo < 2) {
      return present[lo];
    }

    int middle = ReductionTree.split(lo, hi);
    boolean left = isComplete(lo, middle);
    boolean right = isComplete(middle, hi);
    if (left && right) {
      sums[height][lo] =
          sum(
              sums[ReductionTree.height(lo, middle)][lo],
              sums[ReductionTree.height(middle, hi)][middle]);
    }

    return left && right;
  }

  private @Nullable GradientSums sum(@Nullable GradientSums left, @Nullable GradientSums right) {
    if (left == null || right == null) {
      return left == null ? right : left;
    }

    chunks.add(left.arrays(), right.arrays());
    left.addRowsAndTotals(right);
    return left;
  }
}
