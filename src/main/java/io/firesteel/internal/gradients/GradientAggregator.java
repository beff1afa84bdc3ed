package io.firesteel.internal.gradients;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.tensor.ChunkPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the workers of one step contribute and adds it in the {@link ReductionTree}.
 * Contributions may come in any order, from any cut of the shards into contiguous ranges, and may
 * be those of some of the shards only: then the fewest nodes that make up these are the result.
 *
 * <p>All additions of a call are done chunk by chunk of the values, all nodes of a chunk one after
 * the other, so that memory is read once however many contributions there are; chunks are shared
 * among threads.
 */
public final class GradientAggregator {

  private final int shards;
  private final boolean[] present;
  private final GradientChunks chunks = new GradientChunks(ChunkPool.shared());
  private final List<GradientSums> lefts = new ArrayList<>();
  private final List<GradientSums> rights = new ArrayList<>();

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

    lefts.clear();
    rights.clear();
  }

  /**
   * Takes a contribution, whose arrays may be added to others or have others added to them.
   *
   * @throws IllegalStateException if one of its shards is already there
   */
  public void add(PartialSums part) {
    List<ShardRange> ranges = part.ranges();
    for (int i = 0; i < ranges.size(); i++) {
      enter(ranges.get(i));
    }

    List<ShardRange> nodes = part.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      ShardRange node = nodes.get(i);
      sums[ReductionTree.height(node.lo(), node.hi())][node.lo()] = part.sums().get(i);
    }
  }

  private void enter(ShardRange range) {
    for (int shard = range.lo(); shard < range.hi(); shard++) {
      if (present[shard]) {
        throw new IllegalStateException("The sums of shard %d came twice".formatted(shard));
      }

      present[shard] = true;
    }
  }

  /** Adds what can be added of the contributions so far, to have less to do in the end. */
  public void reduce() {
    isComplete(0, shards);
    for (int i = 0; i < lefts.size(); i++) {
      chunks.pair(lefts.get(i).arrays(), rights.get(i).arrays());
    }

    chunks.addPairs();
    for (int i = 0; i < lefts.size(); i++) {
      lefts.get(i).addRows(rights.get(i));
    }

    addTotals();

    lefts.clear();
    rights.clear();
  }

  /**
   * Adds one gradient of all contributions that were {@link #planned}; several threads may do so,
   * each another one.
   */
  public void addGradient(int gradient) {
    GradientChunks.add(ChunkPool.shared(), lefts, rights, gradient);
  }

  /** Adds the totals of all contributions that were {@link #planned}. */
  public void addTotals() {
    for (int i = 0; i < lefts.size(); i++) {
      lefts.get(i).addTotals(rights.get(i));
    }
  }

  /** Adds what is neither gradient nor total of all contributions that were {@link #planned}. */
  public void addRowsAndStatistics() {
    for (int i = 0; i < lefts.size(); i++) {
      lefts.get(i).addRowsAndStatistics(rights.get(i));
    }

    lefts.clear();
    rights.clear();
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

    reduce();
    GradientSums result = sums[sums.length - 1][0];
    if (result == null) {
      throw new IllegalStateException("No shard has rows in this batch");
    }

    return result;
  }

  /**
   * Returns where the sums over all shards that are there will be once {@link #addGradient} was
   * called for each gradient, {@link #addTotals} and {@link #addRowsAndStatistics}; they reuse the
   * contributions' arrays.
   */
  public PartialSums planned() {
    isComplete(0, shards);
    List<ShardRange> ranges = ranges();
    List<ShardRange> nodes = new ArrayList<>();
    List<GradientSums> roots = new ArrayList<>();
    for (ShardRange range : ranges) {
      for (ShardRange node : ReductionTree.cover(range, shards)) {
        GradientSums sum = sums[ReductionTree.height(node.lo(), node.hi())][node.lo()];
        if (sum != null) {
          nodes.add(node);
          roots.add(sum);
        }
      }
    }

    return new PartialSums(ranges, nodes, roots);
  }

  private List<ShardRange> ranges() {
    List<ShardRange> ranges = new ArrayList<>();
    int lo = 0;
    for (int shard = 0; shard < shards; shard++) {
      boolean begins = present[shard] && (shard == 0 || !present[shard - 1]);
      boolean ends = present[shard] && (shard == shards - 1 || !present[shard + 1]);
      lo = begins ? shard : lo;
      if (ends) {
        ranges.add(new ShardRange(lo, shard + 1));
      }
    }

    return ranges;
  }

  /** Notes what can be added within a node, and tells whether all its shards are there. */
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

    lefts.add(left);
    rights.add(right);
    return left;
  }
}
