package io.firesteel.spark.internal.shards;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.gradients.ShardWorker;
import io.firesteel.internal.gradients.Step;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.ExecutorNetworks;
import io.firesteel.spark.internal.frames.SumsFrame;
import io.firesteel.spark.internal.frames.WorkTime;
import io.firesteel.spark.internal.frames.WorkerInfo;
import io.firesteel.spark.internal.rows.SparkRows.ChangedShardException;
import io.firesteel.variables.VariableValues;
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

  private final ExecutorNetworkSpec network;
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
      ExecutorNetworkSpec network,
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
    VariableValues snapshot = VariableValues.wrap(variables.value());
    return ExecutorNetworks.withWorker(
        network,
        worker -> {
          long start = System.nanoTime();
          PartialSums sums = sums(worker, range, shard -> checked(shard, blocks.next()), snapshot);
          long read = worker.readNanos();
          WorkTime time = new WorkTime(read, System.nanoTime() - start - read);
          return new SumsFrame(WorkerInfo.ofThisProcess(), time, sums).encode();
        });
  }

  private PartialSums sums(
      ShardWorker worker,
      ShardRange range,
      IntFunction<ShardBlock> blocks,
      VariableValues snapshot) {
    return step == null
        ? worker.evaluate(plan, range, blocks, snapshot)
        : worker.gradients(plan, range, blocks, snapshot, step);
  }

  private ShardBlock checked(int shard, ShardBlock block) {
    if (block.shard() != shard || block.hash() != hashes[shard]) {
      throw new ChangedShardException(shard);
    }

    return block;
  }
}
