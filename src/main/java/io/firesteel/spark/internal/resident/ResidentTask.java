package io.firesteel.spark.internal.resident;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.gradients.ShardWorker;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.gradients.SumsStream;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.ExecutorNetworks;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.ExecutorVariables;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.frames.WorkerInfo;
import io.firesteel.spark.internal.rows.SparkRows.ChangedShardException;
import io.firesteel.spark.internal.seam.ScalaLists;
import io.firesteel.spark.internal.seam.ThisProcess;
import io.firesteel.variables.VariableValues;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.runtime.AbstractFunction1;

/**
 * A task that stays: it loads its ranges of shards once, and then computes the sums that the driver
 * commands until it is told to leave. It keeps nothing that matters: another attempt, or the task
 * of another job, can take over after any step. Its result is empty, or says what its process lacks
 * of Spark's internals; then it did nothing.
 *
 * <p>Its worker is its own and is never lent again, because the driver works with sums in its
 * buffers while the task waits, and after it has left.
 */
final class ResidentTask extends AbstractFunction1<scala.collection.Iterator<ShardBlock>, String>
    implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ResidentTask.class);

  /** The incarnation of a fit's first job. */
  private static final int FIRST = 1;

  private final long fit;
  private final int incarnation;
  private final ExecutorNetworkSpec network;
  private final BatchPlan[] plans;
  private final long[][] hashes;

  /**
   * Creates a task.
   *
   * @param plans the plan of the training data, and that of the validation data if there is some
   * @param hashes the hashes of their shards when they were first built
   */
  ResidentTask(
      long fit, int incarnation, ExecutorNetworkSpec network, BatchPlan[] plans, long[][] hashes) {
    this.fit = fit;
    this.incarnation = incarnation;
    this.network = network;
    this.plans = plans;
    this.hashes = hashes;
  }

  @Override
  public String apply(scala.collection.Iterator<ShardBlock> blocks) {
    TaskContext context = TaskContext.get();
    ShardRange[] ranges = new ShardRange[plans.length];
    for (int i = 0; i < ranges.length; i++) {
      ranges[i] = ShardRange.of(context.partitionId(), context.numPartitions(), plans[i].shards());
    }

    TaskId self =
        new TaskId(
            fit,
            incarnation,
            context.partitionId(),
            ranges[0],
            context.taskAttemptId(),
            context.stageAttemptNumber());
    try (DriverConnection link = ExecutorState.link(self, network)) {
      link.tell(Report.of(self, Report.Kind.HELLO, WorkerInfo.ofThisProcess().text()));
      work(self, link, ranges, ScalaLists.iterator(blocks));
      return "";
    } catch (DriverConnection.MissingInternalsException e) {
      return "%s on executor %s".formatted(e.getMessage(), ThisProcess.executor());
    }
  }

  /** Works until it is told to leave. */
  void work(TaskId self, DriverConnection link, ShardRange[] ranges, Iterator<ShardBlock> blocks) {
    boolean proven = incarnation > FIRST;
    try {
      List<List<ShardBlock>> shards = load(ranges, blocks);
      ShardWorker worker = new ShardWorker(ExecutorNetworks.network(network));
      Command command = link.ask(Report.ready(self));
      while (command.kind() == Command.Kind.WORK) {
        int data = command.data().code();
        long start = System.nanoTime();
        SumsStream stream = link.stream(command, plans[data].shards());
        PartialSums sums = sums(worker, command, ranges[data], shards.get(data), stream);
        if (sums == null) {
          command = link.ask(Report.unserved(self));
          continue;
        }

        long read = worker.readNanos();
        Report.WorkTime time = new Report.WorkTime(read, System.nanoTime() - start - read);
        proven = true;
        command = link.deliver(Report.sums(self, command, sums, time));
      }
    } catch (DriverConnection.MissingInternalsException e) {
      throw e;
    } catch (Throwable e) {
      boolean tooSmall = e instanceof OutOfMemoryError && !proven;
      Report.Kind kind =
          tooSmall || e instanceof ChangedShardException ? Report.Kind.REFUSED : Report.Kind.FAILED;
      link.tell(Report.of(self, kind, tooSmall ? tooSmall(e) : e.toString()));
      throw ResidentTask.<RuntimeException>unchecked(e);
    }
  }

  /** A task of a fit's first job that has no memory for one step would have none in any attempt. */
  private static String tooSmall(Throwable e) {
    return "%s before the first step: the executor's heap of %d MB is too small for the model, its gradients and the rows. Raise spark.executor.memory, or have fewer tasks in an executor (spark.executor.cores):"
        .formatted(e, Runtime.getRuntime().maxMemory() >>> 20);
  }

  /** Returns the sums that a command asks for, null if its variables did not come in time. */
  private @Nullable PartialSums sums(
      ShardWorker worker,
      Command command,
      ShardRange range,
      List<ShardBlock> shards,
      SumsStream stream) {
    BatchPlan plan = plans[command.data().code()];
    Step step = command.step();
    VariableValues variables = Objects.requireNonNull(command.variables());
    IntFunction<ShardBlock> blocks = shard -> shards.get(shard - range.lo());
    try {
      if (step == null) {
        stream.awaitVariables(variables.size());
        return worker.evaluate(plan, range, blocks, variables);
      }

      return worker.gradients(plan, range, blocks, variables, step, stream);
    } catch (ExecutorVariables.LateException e) {
      LOG.info("{}; they are asked for again", e.getMessage());
      return null;
    }
  }

  /** Reads all blocks, to the iterator's end, where Spark lets go of them. */
  private List<List<ShardBlock>> load(ShardRange[] ranges, Iterator<ShardBlock> blocks) {
    List<List<ShardBlock>> shards = new ArrayList<>();
    for (int i = 0; i < ranges.length; i++) {
      List<ShardBlock> own = new ArrayList<>();
      for (int shard = ranges[i].lo(); shard < ranges[i].hi(); shard++) {
        ShardBlock block = blocks.next();
        if (block.shard() != shard || block.hash() != hashes[i][shard]) {
          throw new ChangedShardException(shard);
        }

        own.add(block);
      }

      shards.add(own);
    }

    if (blocks.hasNext()) {
      throw new IllegalStateException("The task has more shards than its ranges");
    }

    return shards;
  }

  /** Spark must see what was thrown as it is, to know a failed fetch or a kill. */
  @SuppressWarnings("unchecked")
  static <T extends Throwable> T unchecked(Throwable e) throws T {
    throw (T) e;
  }
}
