package io.firesteel.spark.internal.resident;

import io.firesteel.internal.gradients.GradientAggregator;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.network.Network;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.ExecutorNetworks;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.ExecutorVariables;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.seam.FrameBuffers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
    private final SumsCombiner combiner = new SumsCombiner();
    private final GroupAnswers answers = new GroupAnswers();
    private final FrameBuffers frames = new FrameBuffers();
    private int users;

    private Shared(Job job, ExecutorNetworkSpec recipe) {
      this.job = job;
      Network network = ExecutorNetworks.network(recipe);
      this.variables =
          new ExecutorVariables(
              network.variables().stream()
                  .mapToInt(variable -> variable.weight().shape().size())
                  .toArray());
    }

    ExecutorVariables variables() {
      return variables;
    }

    SumsCombiner combiner() {
      return combiner;
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

  /**
   * Adds up the sums of those tasks of an executor that are a group in a round. The last one to
   * come has the sums of all; nobody else touches them until the driver has them.
   *
   * <p>Groups have ascending numbers. A contribution to an earlier one than the last is dropped:
   * the driver waits for it no longer. Sums are added up in the tasks' own arrays. So a task that
   * goes on to other work, perhaps because the driver has given up the group, withdraws first: the
   * group will not be complete any more, or its last task is done with the arrays.
   */
  static final class SumsCombiner {

    private final Map<Integer, GradientAggregator> idle = new HashMap<>();
    private List<Report.Mate> mates = new ArrayList<>();
    private int group;
    private int missing;
    private int adding;
    private @Nullable GradientAggregator current;

    /**
     * The sums of all tasks of a group.
     *
     * @param sums the sums
     * @param others the tasks that came before the last one
     */
    record Combined(PartialSums sums, List<Report.Mate> others) {}

    private record Complete(GradientAggregator sums, List<Report.Mate> others) {}

    /**
     * Takes the sums of a task.
     *
     * @param shards the number of shards of the data set
     * @return the sums of all tasks of the group if this was the last one, else null
     */
    @Nullable Combined combine(Command.Group of, int shards, PartialSums sums, Report.Mate task) {
      Complete complete = take(of, shards, sums, task);
      if (complete == null) {
        return null;
      }

      PartialSums all;
      try {
        all = complete.sums().combined();
      } finally {
        release(shards, complete.sums());
      }

      return new Combined(all, complete.others());
    }

    /** Takes the sums of a task back that were contributed to a group, if nobody has them yet. */
    synchronized void withdraw(int from) throws InterruptedException {
      if (from == group) {
        current = null;
      }

      while (adding > 0) {
        wait();
      }
    }

    private synchronized @Nullable Complete take(
        Command.Group of, int shards, PartialSums sums, Report.Mate task) {
      if (of.id() > group) {
        group = of.id();
        missing = of.size();
        mates = new ArrayList<>();
        GradientAggregator known = idle.remove(shards);
        current = known == null ? new GradientAggregator(shards) : known;
      }

      GradientAggregator aggregator = current;
      if (of.id() < group || aggregator == null) {
        return null;
      }

      aggregator.add(sums);
      missing--;
      if (missing > 0) {
        mates.add(task);
        return null;
      }

      current = null;
      adding++;
      return new Complete(aggregator, mates);
    }

    private synchronized void release(int shards, GradientAggregator aggregator) {
      adding--;
      notifyAll();
      aggregator.reset();
      idle.put(shards, aggregator);
    }
  }
}
