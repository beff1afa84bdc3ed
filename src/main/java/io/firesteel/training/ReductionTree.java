package io.firesteel.training;

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

  /**
   * A node of the tree: the shards [lo, hi).
   *
   * @param lo the first shard
   * @param hi the shard after the last one
   */
  public record Node(int lo, int hi) {}

  private ReductionTree() {}

  /** Returns where a node of two shards or more splits. */
  public static int split(int lo, int hi) {
    return lo + Integer.highestOneBit(hi - lo - 1);
  }

  /**
   * Returns the nodes of the tree over {@code shards} shards that make up the shards [lo, hi), the
   * fewest there are, in order.
   */
  public static List<Node> cover(int lo, int hi, int shards) {
    if (lo < 0 || lo > hi || hi > shards) {
      throw new IllegalArgumentException(
          "Expected 0 <= lo <= hi <= shards. Received: lo=%d, hi=%d, shards=%d"
              .formatted(lo, hi, shards));
    }

    List<Node> nodes = new ArrayList<>();
    cover(lo, hi, new Node(0, shards), nodes);
    return nodes;
  }

  /**
   * Returns the sum of a node.
   *
   * @param part returns the sum of one shard, null if it is absent; called in the order of shards
   * @param add adds the right sum to the left one
   */
  public static <T> @Nullable T reduce(
      Node node, IntFunction<? extends @Nullable T> part, BinaryOperator<T> add) {
    return node.lo() == node.hi() ? null : reduce(node.lo(), node.hi(), part, add);
  }

  private static <T> @Nullable T reduce(
      int lo, int hi, IntFunction<? extends @Nullable T> part, BinaryOperator<T> add) {
    if (hi - lo == 1) {
      return part.apply(lo);
    }

    int middle = split(lo, hi);
    T left = reduce(lo, middle, part, add);
    T right = reduce(middle, hi, part, add);
    return sum(left, right, add);
  }

  static <T> @Nullable T sum(@Nullable T left, @Nullable T right, BinaryOperator<T> add) {
    if (left == null || right == null) {
      return left == null ? right : left;
    }

    return add.apply(left, right);
  }

  private static void cover(int lo, int hi, Node node, List<Node> nodes) {
    if (hi <= node.lo() || node.hi() <= lo) {
      return;
    }

    if (lo <= node.lo() && node.hi() <= hi) {
      nodes.add(node);
      return;
    }

    int middle = split(node.lo(), node.hi());
    cover(lo, hi, new Node(node.lo(), middle), nodes);
    cover(lo, hi, new Node(middle, node.hi()), nodes);
  }
}
