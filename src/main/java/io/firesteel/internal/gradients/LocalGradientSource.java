package io.firesteel.internal.gradients;

import io.firesteel.internal.data.RowHash;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.Totals;
import io.firesteel.variables.VariableSnapshot;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of shards in the memory of this process. Each thread, of which the caller's is one,
 * owns a contiguous range of shards and adds within it; the rest of the tree is added by the
 * caller's thread.
 */
public final class LocalGradientSource implements GradientSource {

  private final LocalShards training;
  private final @Nullable LocalShards validation;
  private final Map<LocalShards, GradientAggregator> aggregators = new IdentityHashMap<>();
  private final List<ShardWorker> workers = new ArrayList<>();
  private final List<Future<PartialSums>> running = new ArrayList<>();
  private final ExecutorService threads;

  /** What one of several threads does. */
  private interface Work {
    PartialSums of(ShardWorker worker, ShardRange range);
  }

  /**
   * Creates a source.
   *
   * @param validation the shards to validate on, or null
   * @param threads the most threads to compute on
   */
  public LocalGradientSource(
      LocalShards training, @Nullable LocalShards validation, Network network, int threads) {
    this.training = training;
    this.validation = validation;
    int count = Math.min(threads, training.blocks().size());
    for (int i = 0; i < count; i++) {
      workers.add(new ShardWorker(network));
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
    return sum(
        training,
        (worker, range) ->
            worker.gradients(training.plan(), range, training.blocks()::get, variables, step));
  }

  @Override
  public Totals evaluate(DataSet data, VariableSnapshot variables) {
    LocalShards shards = data == DataSet.TRAINING ? training : validation;
    if (shards == null) {
      throw new IllegalArgumentException("The source has no rows of " + data);
    }

    return sum(
            shards,
            (worker, range) ->
                worker.evaluate(shards.plan(), range, shards.blocks()::get, variables))
        .totals();
  }

  @Override
  public long orderHash() {
    return RowHash.ofSequence(training.blocks().stream().mapToLong(ShardBlock::hash).toArray());
  }

  @Override
  public Set<String> environments() {
    return Set.of(ComputeEnvironment.describe());
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private GradientSums sum(LocalShards shards, Work work) {
    int count = shards.blocks().size();
    GradientAggregator aggregator =
        aggregators.computeIfAbsent(shards, any -> new GradientAggregator(count));
    aggregator.reset();
    for (int i = 1; i < workers.size(); i++) {
      ShardWorker worker = workers.get(i);
      ShardRange range = ShardRange.of(i, workers.size(), count);
      running.add(threads.submit(() -> work.of(worker, range)));
    }

    RuntimeException failure = null;
    try {
      aggregator.add(work.of(workers.get(0), ShardRange.of(0, workers.size(), count)));
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      failure = collect(aggregator, failure);
    }

    if (failure != null) {
      throw failure;
    }

    return aggregator.result();
  }

  /** Waits for all threads, as they work in buffers that the next step needs. */
  private @Nullable RuntimeException collect(
      GradientAggregator aggregator, @Nullable RuntimeException earlier) {
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
