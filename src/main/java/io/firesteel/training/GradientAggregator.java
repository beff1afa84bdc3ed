package io.firesteel.training;

import io.firesteel.network.GradientSums;
import io.firesteel.training.ReductionTree.Node;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the workers of one step contribute and adds the rest of the {@link ReductionTree}.
 * Contributions may come in any order, from any cut of the shards into contiguous ranges.
 */
public final class GradientAggregator {

  private final int shards;
  private final boolean[] present;
  private final Map<Node, GradientSums> sums = new HashMap<>();

  /** Creates an aggregator of one step over that many shards. */
  public GradientAggregator(int shards) {
    this.shards = shards;
    this.present = new boolean[shards];
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

    for (int i = 0; i < part.nodes().size(); i++) {
      sums.put(part.nodes().get(i), part.sums().get(i));
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

    GradientSums result = reduce(new Node(0, shards));
    if (result == null) {
      throw new IllegalStateException("No shard has rows in this batch");
    }

    return result;
  }

  private @Nullable GradientSums reduce(Node node) {
    GradientSums known = sums.get(node);
    if (known != null || node.hi() - node.lo() < 2) {
      return known;
    }

    int middle = ReductionTree.split(node.lo(), node.hi());
    GradientSums left = reduce(new Node(node.lo(), middle));
    GradientSums right = reduce(new Node(middle, node.hi()));
    return ReductionTree.<GradientSums>sum(left, right, PartialSums::add);
  }
}
