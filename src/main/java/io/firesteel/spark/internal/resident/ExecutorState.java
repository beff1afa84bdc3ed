package io.firesteel.spark.internal.resident;

import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkVariable;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.ExecutorNetworks;
import io.firesteel.spark.internal.frames.ExecutorVariables;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.seam.FrameBuffers;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What resident tasks of one process have in common: in the driver's the exchanges of the fits that
 * run, in an executor's the variables that it holds, what adds up their sums, and the arrays that
 * these travel in.
 */
final class ExecutorState {

  private static final Map<Long, TaskExchange> EXCHANGES = new ConcurrentHashMap<>();
  private static final Map<Job, Shared> SHARED = new HashMap<>();

  private ExecutorState() {}

  private record Job(long fit, int incarnation) {}

  /** Makes an exchange known to tasks in this process. */
  static void open(long fit, TaskExchange exchange) {
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
  static DriverConnection link(TaskId self, ExecutorNetworkSpec network) {
    @Nullable TaskExchange here = EXCHANGES.get(self.fit());
    return here == null ? new RpcConnection(self, network) : new DriverConnection.Local(here);
  }

  /** Returns what the tasks of a job share, until each has released it. */
  static Shared acquire(TaskId self, ExecutorNetworkSpec network) {
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
    private final ExecutorVariables variables;
    private final GroupSums.Groups groups = new GroupSums.Groups();
    private final GroupAnswers answers = new GroupAnswers();
    private final FrameBuffers frames = new FrameBuffers();
    private final int gradients;
    private int users;

    private Shared(Job job, ExecutorNetworkSpec recipe) {
      this.job = job;
      Network network = ExecutorNetworks.network(recipe);
      this.variables =
          new ExecutorVariables(
              network.variables().stream()
                  .mapToInt(variable -> variable.weight().shape().size())
                  .toArray());
      this.gradients =
          (int) network.variables().stream().filter(NetworkVariable::trainable).count();
    }

    ExecutorVariables variables() {
      return variables;
    }

    GroupSums.Groups groups() {
      return groups;
    }

    /** Returns the number of gradients of a step. */
    int gradients() {
      return gradients;
    }

    GroupAnswers answers() {
      return answers;
    }

    FrameBuffers frames() {
      return frames;
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
