package io.firesteel.training;

import io.firesteel.data.BatchPlan;
import io.firesteel.data.RowHash;
import io.firesteel.data.ShardBlock;
import io.firesteel.network.GradientSums;
import io.firesteel.network.Network;
import io.firesteel.variables.VariableSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;

/**
 * Gradients of shards in the memory of this process. Each thread owns a contiguous range of shards
 * and adds within it; the rest of the tree is added by the caller's thread.
 */
final class LocalGradientSource implements GradientSource {

  private final List<ShardBlock> blocks;
  private final BatchPlan plan;
  private final List<RangePass> passes = new ArrayList<>();
  private final ExecutorService threads;

  LocalGradientSource(List<ShardBlock> blocks, BatchPlan plan, Network network, int threads) {
    this.blocks = blocks;
    this.plan = plan;
    int workers = Math.min(threads, blocks.size());
    for (int i = 0; i < workers; i++) {
      passes.add(new RangePass(network.newPass()));
    }

    this.threads =
        Executors.newFixedThreadPool(
            workers,
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
    return sum((pass, range) -> pass.gradients(plan, range, blocks::get, variables, step));
  }

  @Override
  public GradientSums evaluate(VariableSnapshot variables) {
    return sum((pass, range) -> pass.evaluate(plan, range, blocks::get, variables));
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

  private GradientSums sum(BiFunction<RangePass, ShardRange, PartialSums> work) {
    List<CompletableFuture<PartialSums>> parts = new ArrayList<>();
    for (int i = 0; i < passes.size(); i++) {
      int worker = i;
      parts.add(CompletableFuture.supplyAsync(() -> part(worker, work), threads));
    }

    await(parts);
    GradientAggregator aggregator = new GradientAggregator(blocks.size());
    parts.forEach(part -> aggregator.add(part.join()));
    return aggregator.result();
  }

  private static void await(List<CompletableFuture<PartialSums>> parts) {
    try {
      CompletableFuture.allOf(parts.toArray(new CompletableFuture<?>[0])).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }

      throw e;
    }
  }

  private PartialSums part(int worker, BiFunction<RangePass, ShardRange, PartialSums> work) {
    ShardRange range = ShardRange.of(worker, passes.size(), blocks.size());
    return work.apply(passes.get(worker), range);
  }
}
