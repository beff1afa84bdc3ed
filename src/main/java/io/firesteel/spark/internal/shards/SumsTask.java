package io.firesteel.spark.internal.shards;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.spark.internal.execution.ExecutorNetworks;
import io.firesteel.spark.internal.execution.NetworkRecipe;
import io.firesteel.spark.internal.frames.SumsFrame;
import io.firesteel.spark.internal.frames.WorkTime;
import io.firesteel.spark.internal.rows.ChangedShardException;
import io.firesteel.training.ComputeEnvironment;
import io.firesteel.training.PartialSums;
import io.firesteel.training.RangePass;
import io.firesteel.training.ShardRange;
import io.firesteel.training.Step;
import io.firesteel.variables.VariableSnapshot;
import java.util.Iterator;
import java.util.function.IntFunction;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * Computes the sums of a range of shards, of a step or of an evaluation, and sends them as a {@link
 * SumsFrame}. It captures nothing of the driver's but what it is given.
 */
final class SumsTask extends ShardTask<byte[]> {

  private static final long serialVersionUID = 1L;

  private final NetworkRecipe network;
  private final BatchPlan plan;
  private final long[] hashes;
  private final Broadcast<float[][]> variables;
  private final @Nullable Step step;

  /**
   * Creates a task.
   *
   * @param hashes the hash of each shard when it was first built
   * @param step the step, or null for an evaluation
   */
  SumsTask(
      NetworkRecipe network,
      BatchPlan plan,
      long[] hashes,
      Broadcast<float[][]> variables,
      @Nullable Step step) {
    super(plan.shards());
    this.network = network;
    this.plan = plan;
    this.hashes = hashes;
    this.variables = variables;
    this.step = step;
  }

  @Override
  Class<byte[]> resultType() {
    return byte[].class;
  }

  @Override
  byte[] run(ShardRange range, Iterator<ShardBlock> blocks) {
    VariableSnapshot snapshot = VariableSnapshot.wrap(variables.value());
    return ExecutorNetworks.withPass(
        network,
        pass -> {
          long start = System.nanoTime();
          PartialSums sums = sums(pass, range, shard -> checked(shard, blocks.next()), snapshot);
          long read = pass.readNanos();
          WorkTime time = new WorkTime(read, System.nanoTime() - start - read);
          String environment = ComputeEnvironment.describe();
          return new SumsFrame(WorkTime.Note.ofThisProcess(time, environment).text(), sums)
              .encode();
        });
  }

  private PartialSums sums(
      RangePass pass, ShardRange range, IntFunction<ShardBlock> blocks, VariableSnapshot snapshot) {
    return step == null
        ? pass.evaluate(plan, range, blocks, snapshot)
        : pass.gradients(plan, range, blocks, snapshot, step);
  }

  private ShardBlock checked(int shard, ShardBlock block) {
    if (block.shard() != shard || block.hash() != hashes[shard]) {
      throw new ChangedShardException(shard);
    }

    return block;
  }
}
