package io.firesteel.training;

import io.firesteel.internal.data.Batch;
import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkPass;
import io.firesteel.tensor.SpareCores;
import io.firesteel.training.ReductionTree.Node;
import io.firesteel.variables.VariableSnapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Computes what one worker contributes to a step or to an evaluation: the sums of a contiguous
 * range of shards. Every gradient source goes through here, which is why they agree to the bit. It
 * is not thread-safe; a thread has its own.
 *
 * <p>The sums live in buffers of the pass: they are valid until its next call, and whoever got them
 * may overwrite them.
 */
public final class RangePass {

  private final ShardPass pass;
  private final Network network;
  private final Deque<GradientSums> freeGradientSums = new ArrayDeque<>();
  private final Deque<GradientSums> freeEvaluationSums = new ArrayDeque<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<GradientSums> roots = new ArrayList<>();
  private final BinaryOperator<GradientSums> add = this::add;
  private Deque<GradientSums> free = freeGradientSums;
  private long readNanos;
  private Cover cover = new Cover(new ShardRange(0, 0), 0, List.of());

  /** The nodes that make up a range. */
  private record Cover(ShardRange range, int shards, List<Node> nodes) {}

  /** Creates a pass that works in the buffers of a network pass. */
  public RangePass(NetworkPass pass) {
    this.pass = new ShardPass(pass);
    this.network = pass.network();
  }

  /**
   * Returns the sums of a step over a range of shards.
   *
   * @param blocks returns a shard by its index; called once a shard, in order
   */
  public PartialSums gradients(
      BatchPlan plan,
      ShardRange range,
      IntFunction<ShardBlock> blocks,
      VariableSnapshot variables,
      Step step) {
    takeBack(freeGradientSums);
    SpareCores.shared().enter();
    try {
      return reduce(
          range, plan.shards(), shard -> gradients(plan, blocks.apply(shard), variables, step));
    } finally {
      SpareCores.shared().leave();
    }
  }

  /**
   * Returns the sums of losses and metrics over all rows of a range of shards; the gradients are
   * empty.
   *
   * @param blocks returns a shard by its index; called once a shard, in order
   */
  public PartialSums evaluate(
      BatchPlan plan,
      ShardRange range,
      IntFunction<ShardBlock> blocks,
      VariableSnapshot variables) {
    takeBack(freeEvaluationSums);
    SpareCores.shared().enter();
    try {
      return reduce(range, plan.shards(), shard -> evaluate(blocks.apply(shard), variables));
    } finally {
      SpareCores.shared().leave();
    }
  }

  /** Returns how long the last call took to read the rows of the batch. */
  public long readNanos() {
    return readNanos;
  }

  private void takeBack(Deque<GradientSums> next) {
    free.addAll(roots);
    roots.clear();
    nodes.clear();
    free = next;
    readNanos = 0;
  }

  private PartialSums reduce(
      ShardRange range, int shards, IntFunction<? extends @Nullable GradientSums> part) {
    if (cover.shards() != shards || !cover.range().equals(range)) {
      cover = new Cover(range, shards, ReductionTree.cover(range.lo(), range.hi(), shards));
    }

    for (Node node : cover.nodes()) {
      GradientSums sum = ReductionTree.<GradientSums>reduce(node, part, add);
      if (sum != null) {
        nodes.add(node);
        roots.add(sum);
      }
    }

    return new PartialSums(range.lo(), range.hi(), nodes, roots);
  }

  private @Nullable GradientSums gradients(
      BatchPlan plan, ShardBlock block, VariableSnapshot variables, Step step) {
    long start = System.nanoTime();
    Batch batch = pass.batch(plan, block, step);
    readNanos += System.nanoTime() - start;
    if (batch == null) {
      return null;
    }

    GradientSums known = free.poll();
    GradientSums sums = known == null ? network.newGradientSums() : known;
    pass.gradients(plan, block.shard(), batch, variables, step, sums);
    return sums;
  }

  private @Nullable GradientSums evaluate(ShardBlock block, VariableSnapshot variables) {
    if (block.rows() == 0) {
      return null;
    }

    GradientSums known = free.poll();
    GradientSums sums = known == null ? GradientSums.of(network.newTotals()) : known;
    pass.evaluate(block, variables, sums.totals());
    return sums;
  }

  private GradientSums add(GradientSums left, GradientSums right) {
    left.add(right);
    free.push(right);
    return left;
  }
}
