package io.firesteel.internal.gradients;

import io.firesteel.internal.data.ShardRange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The fixed binary tree over shard indices in which partial sums are added: the node [lo, hi)
 * splits at lo + the largest power of two below hi - lo. Floating-point sums then come out the same
 * to the bit, whoever computes which part.
 *
 * <p>A shard without rows in a batch is absent: a node with one child absent is the other child,
 * and with both it is absent too. Nothing is ever added to zeros.
 */
public final class ReductionTree {

  private ReductionTree() {}

  /** Returns where a node of two shards or more splits. */
  public static int split(int lo, int hi) {
    return lo + Integer.highestOneBit(hi - lo - 1);
  }

  /** Returns the number of splits from the node [lo, hi) down to its leftmost shard. */
  static int height(int lo, int hi) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(hi - lo - 1);
  }

  /**
   * Returns the nodes of the tree over {@code shards} shards that make up a range, the fewest there
   * are, in order.
   */
  public static List<ShardRange> cover(ShardRange range, int shards) {
    if (range.lo() < 0 || range.lo() > range.hi() || range.hi() > shards) {
      throw new IllegalArgumentException(
          "Expected 0 <= lo <= hi <= shards. Received: lo=%d, hi=%d, shards=%d"
              .formatted(range.lo(), range.hi(), shards));
    }

    List<ShardRange> nodes = new ArrayList<>();
    cover(range, new ShardRange(0, shards), nodes);
    return nodes;
  }

  private static void cover(ShardRange range, ShardRange node, List<ShardRange> nodes) {
    if (!range.overlaps(node)) {
      return;
    }

    if (range.contains(node)) {
      nodes.add(node);
      return;
    }

    int middle = split(node.lo(), node.hi());
    cover(range, new ShardRange(node.lo(), middle), nodes);
    cover(range, new ShardRange(middle, node.hi()), nodes);
  }

  /**
   * Returns the sum of a node.
   *
   * @param part returns the sum of one shard, null if it is absent; called in the order of shards
   * @param add adds the right sum to the left one
   */
  public static <T> @Nullable T reduce(
      ShardRange node, IntFunction<? extends @Nullable T> part, BinaryOperator<T> add) {
    return node.size() == 0 ? null : reduce(node.lo(), node.hi(), part, add);
  }

  private static <T> @Nullable T reduce(
      int lo, int hi, IntFunction<? extends @Nullable T> part, BinaryOperator<T> add) {
    if (hi - lo == 1) {
      return part.apply(lo);
    }

    int middle = split(lo, hi);
    T left = reduce(lo, middle, part, add);
    T right = reduce(middle, hi, part, add);
    if (left == null || right == null) {
      return left == null ? right : left;
    }

    return add.apply(left, right);
  }
}
