package io.firesteel.internal.gradients;

import io.firesteel.internal.data.Batch;
import io.firesteel.internal.data.BatchBuffer;
import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkPass;
import io.firesteel.internal.network.Objectives;
import io.firesteel.internal.network.StepStream;
import io.firesteel.internal.network.Totals;
import io.firesteel.tensor.SpareCores;
import io.firesteel.variables.VariableValues;
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
 * <p>The sums live in buffers of the worker: they are valid until its next call, and whoever got
 * them may overwrite them.
 */
public final class ShardWorker {

  private static final int MOST_ROWS_AT_ONCE = 1024;
  private static final int MOST_VALUES_AT_ONCE = 4_194_304;

  private final NetworkPass pass;
  private final Network network;
  private final int evaluationRows;
  private final boolean perBatch;
  private final BatchBuffer buffer = new BatchBuffer();
  private final Totals slice;
  private final Deque<GradientSums> freeGradientSums = new ArrayDeque<>();
  private final Deque<GradientSums> freeTotals = new ArrayDeque<>();
  private final List<ShardRange> nodes = new ArrayList<>();
  private final List<GradientSums> roots = new ArrayList<>();
  private final BinaryOperator<GradientSums> add = this::add;
  private final Chain chain = new Chain();
  private Deque<GradientSums> free = freeGradientSums;
  private Cover cover = new Cover(new ShardRange(0, 0), 0, List.of(), List.of());
  private long readNanos;

  /** The nodes that make up a range. */
  private record Cover(
      ShardRange range, int shards, List<ShardRange> ranges, List<ShardRange> nodes) {}

  /** Creates a worker on a network. */
  public ShardWorker(Network network) {
    this.network = network;
    this.pass = network.newPass();
    this.slice = network.newTotals();
    this.perBatch = network.objectives().isPerBatch();
    int width = network.isSparse() ? 1 : network.inputShape().size();
    this.evaluationRows = Math.max(1, Math.min(MOST_ROWS_AT_ONCE, MOST_VALUES_AT_ONCE / width));
  }

  /**
   * Returns the sums of a step over a range of shards.
   *
   * @param blocks returns a shard by its index; called once a shard, in order
   * @param stream what gives the variables, and takes gradients once they are complete
   */
  public PartialSums gradients(
      BatchPlan plan,
      ShardRange range,
      IntFunction<ShardBlock> blocks,
      VariableValues variables,
      Step step,
      SumsStream stream) {
    takeBack(freeGradientSums);
    SpareCores.shared().enter();
    try {
      chain.begin(stream);
      IntFunction<@Nullable GradientSums> part =
          shard -> gradients(plan, blocks.apply(shard), variables, step);
      List<ShardRange> all = cover(range, plan.shards());
      for (int i = 0; i < all.size() - 1; i++) {
        enter(all.get(i), ReductionTree.<GradientSums>reduce(all.get(i), part, add));
      }

      if (!all.isEmpty()) {
        ShardRange node = all.get(all.size() - 1);
        for (int lo = node.lo(); lo < node.hi() - 1; lo = ReductionTree.split(lo, node.hi())) {
          ShardRange left = new ShardRange(lo, ReductionTree.split(lo, node.hi()));
          chain.append(ReductionTree.<GradientSums>reduce(left, part, add));
        }

        finish(plan, node, blocks.apply(node.hi() - 1), variables, step);
      }

      return sums();
    } finally {
      SpareCores.shared().leave();
    }
  }

  /** Computes the last shard of a node, whose sums are added to the others as they come. */
  private void finish(
      BatchPlan plan, ShardRange node, ShardBlock block, VariableValues variables, Step step) {
    Batch batch = batch(plan, block, step);
    GradientSums last = batch == null ? null : freeSums();
    chain.append(last);
    enter(node, chain.root());
    if (batch == null || last == null) {
      chain.addGradients();
    } else {
      chain.isComplete = true;
      compute(plan, block, batch, variables, step, last);
    }

    chain.end();
  }

  /**
   * Returns the sums of losses and metrics over all rows of a range of shards, without gradients,
   * and where the loss asks for it those of each batch of the plan.
   *
   * @param blocks returns a shard by its index; called once a shard, in order
   */
  public PartialSums evaluate(
      BatchPlan plan, ShardRange range, IntFunction<ShardBlock> blocks, VariableValues variables) {
    takeBack(perBatch ? new ArrayDeque<>() : freeTotals);
    SpareCores.shared().enter();
    try {
      for (ShardRange node : cover(range, plan.shards())) {
        enter(
            node,
            ReductionTree.<GradientSums>reduce(
                node, shard -> evaluate(plan, blocks.apply(shard), variables), add));
      }

      return sums();
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

  private List<ShardRange> cover(ShardRange range, int shards) {
    if (cover.shards() != shards || !cover.range().equals(range)) {
      cover = new Cover(range, shards, List.of(range), ReductionTree.cover(range, shards));
    }

    return cover.nodes();
  }

  private void enter(ShardRange node, @Nullable GradientSums sum) {
    if (sum != null) {
      nodes.add(node);
      roots.add(sum);
    }
  }

  private PartialSums sums() {
    return new PartialSums(cover.ranges(), nodes, roots);
  }

  private @Nullable GradientSums gradients(
      BatchPlan plan, ShardBlock block, VariableValues variables, Step step) {
    Batch batch = batch(plan, block, step);
    if (batch == null) {
      return null;
    }

    GradientSums sums = freeSums();
    compute(plan, block, batch, variables, step, sums);
    return sums;
  }

  private @Nullable Batch batch(BatchPlan plan, ShardBlock block, Step step) {
    long start = System.nanoTime();
    Batch batch = block.batch(plan, step.epoch(), step.batch(), buffer);
    readNanos += System.nanoTime() - start;
    return batch;
  }

  private GradientSums freeSums() {
    GradientSums known = free.poll();
    return known == null ? network.newGradientSums() : known;
  }

  private void compute(
      BatchPlan plan,
      ShardBlock block,
      Batch batch,
      VariableValues variables,
      Step step,
      GradientSums sums) {
    long seed = plan.batchSeed(step.epoch(), step.batch(), block.shard());
    pass.computeGradients(variables, batch, seed, step.lossScale(), sums, chain);
  }

  /** The rows go through in local order, a fixed number at a time. */
  private @Nullable GradientSums evaluate(
      BatchPlan plan, ShardBlock block, VariableValues variables) {
    int rows = block.rows();
    if (rows == 0) {
      return null;
    }

    if (perBatch) {
      return evaluateByBatch(plan, block, variables);
    }

    GradientSums known = free.poll();
    GradientSums sums = known == null ? GradientSums.of(network.newTotals()) : known;
    for (int first = 0; first < rows; first += evaluationRows) {
      int end = Math.min(first + evaluationRows, rows);
      pass.evaluate(variables, block.slice(first, end, buffer), first == 0 ? sums.totals() : slice);
      if (first > 0) {
        sums.totals().add(slice);
      }
    }

    return sums;
  }

  private GradientSums evaluateByBatch(BatchPlan plan, ShardBlock block, VariableValues variables) {
    Objectives objectives = network.objectives();
    Totals totals = objectives.newTotals(plan.batches());
    for (int batch = 0; batch < plan.batches(); batch++) {
      int last = plan.endRow(block.shard(), batch);
      for (int first = plan.firstRow(block.shard(), batch); first < last; ) {
        int end = Math.min(first + evaluationRows, last);
        pass.evaluate(variables, block.slice(first, end, buffer), slice);
        objectives.add(slice, batch, totals);
        first = end;
      }
    }

    return GradientSums.of(totals);
  }

  private GradientSums add(GradientSums left, GradientSums right) {
    left.add(right);
    free.push(right);
    return left;
  }

  /**
   * The subtrees of a node that lie to the left of the way to its last shard, from the top, and
   * that shard. The sums of each are added to those before it, the last ones first, each gradient
   * as soon as the last shard has it.
   */
  private final class Chain implements StepStream {
    private final List<GradientSums> sums = new ArrayList<>();
    private SumsStream stream = SumsStream.NONE;
    private boolean isComplete;
    private boolean hasBegun;

    private void begin(SumsStream newStream) {
      stream = newStream;
      sums.clear();
      isComplete = false;
      hasBegun = false;
    }

    private void append(@Nullable GradientSums next) {
      if (next != null) {
        sums.add(next);
      }
    }

    private @Nullable GradientSums root() {
      return sums.isEmpty() ? null : sums.get(0);
    }

    @Override
    public void awaitVariables(int count) {
      stream.awaitVariables(count);
    }

    @Override
    public void finished(int gradient) {
      if (!isComplete) {
        return;
      }

      begin();
      for (int i = sums.size() - 1; i > 0; i--) {
        sums.get(i - 1).add(gradient, sums.get(i));
      }

      stream.finished(gradient);
    }

    /** The losses of the last shard are known when its first gradient is. */
    private void begin() {
      if (!hasBegun) {
        hasBegun = true;
        for (int i = sums.size() - 1; i > 0; i--) {
          sums.get(i - 1).addTotals(sums.get(i));
        }

        stream.begin(sums());
      }
    }

    private void addGradients() {
      for (int i = sums.size() - 1; i > 0; i--) {
        sums.get(i - 1).addGradients(sums.get(i));
      }
    }

    private void end() {
      begin();
      for (int i = sums.size() - 1; i > 0; i--) {
        sums.get(i - 1).addRowsAndStatistics(sums.get(i));
        free.push(sums.get(i));
      }

      sums.clear();
      stream = SumsStream.NONE;
    }
  }
}
