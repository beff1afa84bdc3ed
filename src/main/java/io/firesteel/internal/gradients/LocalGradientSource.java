package io.firesteel.internal.gradients;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.RowHash;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.Totals;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.variables.VariableValues;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of shards in the memory of this process. Each thread, of which the caller's is one,
 * computes contiguous ranges of shards and adds within them; then all threads add the rest of the
 * tree, each some of the values.
 */
public final class LocalGradientSource implements GradientSource {

  private static final int MOST_THREADS = 256;

  private final Sums training;
  private final @Nullable Sums validation;
  private final ShardWorker[] workers;
  private final ChunkPool threads;

  /**
   * Creates a source.
   *
   * @param validation the shards to validate on, or null
   * @param threads the most threads to compute on
   */
  public LocalGradientSource(
      Shards training, @Nullable Shards validation, Network network, int threads) {
    this.workers = new ShardWorker[Math.min(threads, training.blocks().size())];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new ShardWorker(network);
    }

    this.training = new Sums(training);
    this.validation = validation == null ? null : new Sums(validation);
    this.threads = ChunkPool.of(Math.min(workers.length, MOST_THREADS));
  }

  /** The sums of one data set: the chunk of a number is the work of the worker of that number. */
  private final class Sums implements ChunkPool.Work {
    private final Shards shards;
    private final IntFunction<ShardBlock> blocks;
    private final ShardRange[] ranges = new ShardRange[workers.length];
    private final PartialSums[] parts = new PartialSums[workers.length];
    private final GradientAggregator aggregator;
    private @Nullable VariableValues variables;
    private @Nullable Step step;

    private Sums(Shards shards) {
      this.shards = shards;
      this.blocks = shards.blocks()::get;
      int count = shards.blocks().size();
      this.aggregator = new GradientAggregator(count);
      for (int i = 0; i < ranges.length; i++) {
        ranges[i] = ShardRange.of(i, ranges.length, count);
      }
    }

    private GradientSums of(VariableValues snapshot, @Nullable Step ofStep) {
      variables = snapshot;
      step = ofStep;
      threads.run(workers.length, this);
      variables = null;
      aggregator.reset();
      for (PartialSums part : parts) {
        aggregator.add(part);
      }

      return aggregator.result();
    }

    @Override
    public void run(int worker) {
      VariableValues snapshot = Objects.requireNonNull(variables);
      Step current = step;
      parts[worker] =
          current == null
              ? workers[worker].evaluate(shards.plan(), ranges[worker], blocks, snapshot)
              : workers[worker].gradients(
                  shards.plan(), ranges[worker], blocks, snapshot, current, SumsStream.NONE);
    }
  }

  @Override
  public String name() {
    return "local";
  }

  @Override
  public GradientSums gradients(VariableValues variables, Step step, EarlyUpdates early) {
    return training.of(variables, step);
  }

  @Override
  public Totals evaluate(DataSet data, VariableValues variables) {
    Sums sums = data == DataSet.TRAINING ? training : validation;
    if (sums == null) {
      throw new IllegalArgumentException("The source has no rows of " + data);
    }

    return sums.of(variables, null).totals();
  }

  @Override
  public boolean hasWeight() {
    return training.shards.blocks().stream().anyMatch(ShardBlock::hasWeight);
  }

  @Override
  public long orderHash() {
    return RowHash.ofSequence(
        training.shards.blocks().stream().mapToLong(ShardBlock::hash).toArray());
  }

  @Override
  public Set<String> environments() {
    return Set.of(ComputeEnvironment.describe());
  }

  @Override
  public void close() {
    threads.close();
  }

  /**
   * The shards of a data set in the memory of this process.
   *
   * @param blocks the shards, in order
   * @param plan its batches
   */
  public record Shards(List<ShardBlock> blocks, BatchPlan plan) {}
}
