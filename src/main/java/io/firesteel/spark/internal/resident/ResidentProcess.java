package io.firesteel.spark.internal.resident;

import io.firesteel.internal.network.Network;
import io.firesteel.spark.internal.execution.ExecutorNetworks;
import io.firesteel.spark.internal.execution.NetworkRecipe;
import io.firesteel.spark.internal.frames.HeldVariables;
import io.firesteel.spark.internal.frames.ResidentId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What resident tasks of one process have in common: in the driver's the exchanges of the fits that
 * run, in an executor's the variables that it holds.
 */
final class ResidentProcess {

  private static final Map<Long, ResidentExchange> EXCHANGES = new ConcurrentHashMap<>();
  private static final Map<Job, Shared> SHARED = new HashMap<>();

  private ResidentProcess() {}

  private record Job(long fit, int incarnation) {}

  /** Makes an exchange known to tasks in this process. */
  static void open(long fit, ResidentExchange exchange) {
    EXCHANGES.put(fit, exchange);
  }

  /** Forgets an exchange. */
  static void close(long fit) {
    EXCHANGES.remove(fit);
  }

  /** Returns the number of exchanges that are known. */
  static int exchanges() {
    return EXCHANGES.size();
  }

  /** Connects a task to the driver. */
  static DriverLink link(ResidentId self, NetworkRecipe network) {
    @Nullable ResidentExchange here = EXCHANGES.get(self.fit());
    return here == null ? new RpcLink(self, network) : new DirectLink(here);
  }

  /** Returns what the tasks of a job share, until each has released it. */
  static Shared acquire(ResidentId self, NetworkRecipe network) {
    Job job = new Job(self.fit(), self.incarnation());
    synchronized (SHARED) {
      Shared shared = SHARED.computeIfAbsent(job, any -> new Shared(job, network));
      shared.users++;
      return shared;
    }
  }

  /** What the tasks of a job in one executor share. */
  static final class Shared {
    private final Job job;
    private final HeldVariables variables;
    private int users;

    private Shared(Job job, NetworkRecipe recipe) {
      this.job = job;
      Network network = ExecutorNetworks.network(recipe);
      this.variables =
          new HeldVariables(
              network.variables().stream()
                  .mapToInt(variable -> variable.weight().shape().size())
                  .toArray());
    }

    HeldVariables variables() {
      return variables;
    }

    void release() {
      synchronized (SHARED) {
        users--;
        if (users == 0) {
          SHARED.remove(job);
        }
      }
    }
  }
}
