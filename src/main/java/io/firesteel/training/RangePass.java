package io.firesteel.training;

import io.firesteel.data.BatchPlan;
import io.firesteel.data.ShardBlock;
import io.firesteel.network.NetworkPass;
import io.firesteel.variables.VariableSnapshot;
import java.util.function.IntFunction;

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

  /** Creates a pass that works in the buffers of a network pass. */
  public RangePass(NetworkPass pass) {
    this.pass = new ShardPass(pass);
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
    return PartialSums.of(
        range.lo(),
        range.hi(),
        plan.shards(),
        shard -> pass.gradients(plan, blocks.apply(shard), variables, step));
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
    return PartialSums.of(
        range.lo(),
        range.hi(),
        plan.shards(),
        shard -> pass.evaluate(blocks.apply(shard), variables));
  }
}
