package io.firesteel.spark.internal.shards;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.RowHash;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.EarlyUpdates;
import io.firesteel.internal.gradients.GradientAggregator;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.gradients.ShardWorker;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.gradients.SumsStream;
import io.firesteel.internal.monitoring.Phase;
import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.spark.internal.execution.Environments;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.ExecutorNetworks;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.SumsFrame;
import io.firesteel.spark.internal.frames.WorkerInfo;
import io.firesteel.spark.internal.rows.SparkRows.ChangedShardException;
import io.firesteel.variables.VariableValues;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import org.apache.spark.SparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import scala.reflect.ClassTag$;

/**
 * Gradients by one ordinary Spark job a step: the variables go out as a broadcast, the sums come
 * back as results of tasks, the broadcast is destroyed. No slot is held between steps, so it works
 * everywhere.
 */
public final class JobGradientSource implements GradientSource {

  private final SparkContext context;
  private final Map<DataSet, DealtShards> data;
  private final ExecutorNetworkSpec network;
  private final Environments environments;
  private StepClock clock = StepClock.OFF;

  /**
   * Creates a source of dealt data sets, which it closes.
   *
   * @param data the shards to train on, and those to validate on if there are some
   */
  public JobGradientSource(
      SparkContext context,
      Map<DataSet, DealtShards> data,
      ExecutorNetworkSpec network,
      Environments environments) {
    this.context = context;
    this.data = Map.copyOf(data);
    this.network = network;
    this.environments = environments;
  }

  @Override
  public String name() {
    return "job";
  }

  @Override
  public GradientSums gradients(VariableValues variables, Step step, EarlyUpdates early) {
    String description = "Firesteel step %d, epoch %d".formatted(step.step() + 1, step.epoch() + 1);
    return sums(shards(DataSet.TRAINING), description, variables, step);
  }

  @Override
  public Totals evaluate(DataSet set, VariableValues variables) {
    DealtShards shards = shards(set);
    String description = "Firesteel evaluates %d rows".formatted(shards.plan().rows());
    return sums(shards, description, variables, null).totals();
  }

  private DealtShards shards(DataSet set) {
    DealtShards shards = data.get(set);
    if (shards == null) {
      throw new IllegalArgumentException("The source has no rows of " + set);
    }

    return shards;
  }

  @Override
  public void observeWith(StepClock stepClock, BiConsumer<String, String> events) {
    clock = stepClock;
  }

  @Override
  public boolean hasWeight() {
    return shards(DataSet.TRAINING).hasWeight();
  }

  @Override
  public long orderHash() {
    return RowHash.ofSequence(shards(DataSet.TRAINING).hashes());
  }

  @Override
  public Set<String> environments() {
    return environments.seen();
  }

  @Override
  public void close() {
    data.values().forEach(DealtShards::close);
  }

  private GradientSums sums(
      DealtShards shards, String description, VariableValues variables, @Nullable Step step) {
    BatchPlan plan = shards.plan();
    Broadcast<float[][]> sent =
        context.broadcast(variables.values(), ClassTag$.MODULE$.apply(float[][].class));
    GradientAggregator aggregator = new GradientAggregator(plan.shards());
    try {
      SumsTask task = new SumsTask(network, plan, shards.hashes(), sent, step);
      clock.lap(Phase.PUBLISH);
      List<byte[]> frames = shards.jobs().run(description, task);
      clock.lap(Phase.WAIT);
      clock.workers(frames.size());
      for (int i = 0; i < frames.size(); i++) {
        SumsFrame frame = SumsFrame.decode(frames.get(i));
        note(i, frame);
        aggregator.add(frame.sums());
      }

      clock.lap(Phase.REDUCE);
    } finally {
      sent.destroy();
      clock.lap(Phase.PUBLISH);
    }

    return aggregator.result();
  }

  private void note(int task, SumsFrame frame) {
    WorkerInfo worker = frame.worker();
    environments.note(worker.environment());
    clock.joined(task, worker.executor(), worker.host(), frame.sums().ranges().get(0));
    clock.worked(task, frame.time().readNanos(), frame.time().computeNanos());
  }

  /**
   * Computes the sums of a range of shards, of a step or of an evaluation, and sends them as a
   * {@link SumsFrame}. It captures nothing of the driver's but what it is given.
   */
  static final class SumsTask extends ShardJobs.Task<byte[]> {

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
            PartialSums sums =
                sums(worker, range, shard -> checked(shard, blocks.next()), snapshot);
            long read = worker.readNanos();
            Report.WorkTime time = new Report.WorkTime(read, System.nanoTime() - start - read);
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
          : worker.gradients(plan, range, blocks, snapshot, step, SumsStream.NONE);
    }

    private ShardBlock checked(int shard, ShardBlock block) {
      if (block.shard() != shard || block.hash() != hashes[shard]) {
        throw new ChangedShardException(shard);
      }

      return block;
    }
  }
}
