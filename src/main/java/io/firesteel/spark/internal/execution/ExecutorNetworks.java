package io.firesteel.spark.internal.execution;

import io.firesteel.internal.gradients.ShardWorker;
import io.firesteel.internal.network.Network;
import io.firesteel.spark.internal.seam.ThisProcess;
import io.firesteel.tensor.SpareCores;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * The networks that this JVM has built from their recipes, the last few of them, with the buffers
 * that its threads work in. A thread borrows them, so none is ever used by two.
 */
public final class ExecutorNetworks {

  private static final int NETWORKS = 4;

  private static final class Entry {
    private final Network network;
    private final Queue<ShardWorker> free = new ConcurrentLinkedQueue<>();

    private Entry(ExecutorNetworkSpec recipe) {
      this.network = recipe.build();
      SpareCores.shared().cores(Math.max(1, Math.min(256, ThisProcess.cores())));
    }
  }

  private static final Map<ExecutorNetworkSpec, Entry> ENTRIES =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ExecutorNetworkSpec, Entry> eldest) {
          return size() > NETWORKS;
        }
      };

  private ExecutorNetworks() {}

  /** Returns the network of a recipe. */
  public static Network network(ExecutorNetworkSpec recipe) {
    return entry(recipe).network;
  }

  /** Calls a function with a worker that no other thread uses meanwhile. */
  public static <T> T withWorker(ExecutorNetworkSpec recipe, Function<ShardWorker, T> work) {
    Entry entry = entry(recipe);
    ShardWorker worker = entry.free.poll();
    if (worker == null) {
      worker = new ShardWorker(entry.network);
    }

    T result = work.apply(worker);
    entry.free.add(worker);
    return result;
  }

  private static Entry entry(ExecutorNetworkSpec recipe) {
    synchronized (ENTRIES) {
      return ENTRIES.computeIfAbsent(recipe, Entry::new);
    }
  }
}
