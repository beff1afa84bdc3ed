package io.firesteel.training;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.RowHash;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.Totals;
import io.firesteel.variables.VariableSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of shards in the memory of this process. Each thread, of which the caller's is one,
 * owns a contiguous range of shards and adds within it; the rest of the tree is added by the
 * caller's thread.
 */
final class LocalGradientSource implements GradientSource {

  private final List<ShardBlock> blocks;
  private final IntFunction<ShardBlock> blockOf;
  private final BatchPlan plan;
  private final GradientAggregator aggregator;
  private final List<Worker> workers = new ArrayList<>();
  private final List<Future<PartialSums>> running = new ArrayList<>();
  private final ExecutorService threads;

  private record Worker(RangePass pass, ShardRange range) {}

  LocalGradientSource(List<ShardBlock> blocks, BatchPlan plan, Network network, int threads) {
    this.blocks = blocks;
    this.blockOf = blocks::get;
    this.plan = plan;
    this.aggregator = new GradientAggregator(blocks.size());
    int count = Math.min(threads, blocks.size());
    for (int i = 0; i < count; i++) {
      ShardRange range = ShardRange.of(i, count, blocks.size());
      workers.add(new Worker(new RangePass(network.newPass()), range));
    }

    this.threads =
        Executors.newFixedThreadPool(
            Math.max(1, count - 1),
            work -> {
              Thread thread = new Thread(work, "firesteel-local");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public String name() {
    return "local";
  }

  @Override
  public GradientSums gradients(VariableSnapshot variables, Step step) {
    return sum(worker -> worker.pass().gradients(plan, worker.range(), blockOf, variables, step));
  }

  @Override
  public Totals evaluate(VariableSnapshot variables) {
    return sum(worker -> worker.pass().evaluate(plan, worker.range(), blockOf, variables)).totals();
  }

  @Override
  public long orderHash() {
    return RowHash.ofSequence(blocks.stream().mapToLong(ShardBlock::hash).toArray());
  }

  @Override
  public Set<String> environments() {
    return Set.of(ComputeEnvironment.describe());
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private GradientSums sum(Function<Worker, PartialSums> work) {
    aggregator.reset();
    for (int i = 1; i < workers.size(); i++) {
      Worker worker = workers.get(i);
      running.add(threads.submit(() -> work.apply(worker)));
    }

    RuntimeException failure = null;
    try {
      aggregator.add(work.apply(workers.get(0)));
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      failure = collect(failure);
    }

    if (failure != null) {
      throw failure;
    }

    return aggregator.result();
  }

  /** Waits for all threads, as they work in buffers that the next step needs. */
  private @Nullable RuntimeException collect(@Nullable RuntimeException earlier) {
    RuntimeException failure = earlier;
    boolean interrupted = false;
    for (int i = 0; i < running.size(); ) {
      try {
        aggregator.add(running.get(i).get());
        i++;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        failure = failure == null ? unchecked(e.getCause()) : failure;
        i++;
      }
    }

    running.clear();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }

    return failure;
  }

  private static RuntimeException unchecked(@Nullable Throwable cause) {
    return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }
}
