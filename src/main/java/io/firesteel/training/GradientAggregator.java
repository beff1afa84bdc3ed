package io.firesteel.training;

import io.firesteel.network.GradientSums;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.training.ReductionTree.Node;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the workers of one step contribute and adds the rest of the {@link ReductionTree}.
 * Contributions may come in any order, from any cut of the shards into contiguous ranges.
 */
public final class GradientAggregator {

  private final int shards;
  private final boolean[] present;
  private final GradientChunks chunks = new GradientChunks(ChunkPool.shared());

  /* The sum of each node that came, by its height and its first shard. */
  private final @Nullable GradientSums[][] sums;

  /** Creates an aggregator of one step over that many shards. */
  public GradientAggregator(int shards) {
    this.shards = shards;
    this.present = new boolean[shards];
    this.sums = new GradientSums[height(0, shards) + 1][shards];
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
    for (int shard = part.lo(); shard < part.hi(); shard++) {
      if (present[shard]) {
        throw new IllegalStateException("The sums of shard %d came twice".formatted(shard));
      }

      present[shard] = true;
    }

    List<Node> nodes = part.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      sums[height(node.lo(), node.hi())][node.lo()] = part.sums().get(i);
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

    GradientSums result = reduce(0, shards);
    if (result == null) {
      throw new IllegalStateException("No shard has rows in this batch");
    }

    return result;
  }

  private @Nullable GradientSums reduce(int lo, int hi) {
    GradientSums known = sums[height(lo, hi)][lo];
    if (known != null || hi - lo < 2) {
      return known;
    }

    int middle = ReductionTree.split(lo, hi);
    GradientSums left = reduce(lo, middle);
    GradientSums right = reduce(middle, hi);
    if (left == null || right == null) {
      return left == null ? right : left;
    }

    chunks.add(left.gradients(), right.gradients());
    left.addTotals(right);
    return left;
  }

  /** The number of splits from a node down to its leftmost shard. */
  private static int height(int lo, int hi) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(hi - lo - 1);
  }
}
