package io.firesteel.spark.internal.resident;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.SparkJobs;
import io.firesteel.spark.internal.seam.ScalaLists;
import io.firesteel.spark.internal.seam.SparkLine;
import io.firesteel.spark.internal.shards.ContiguousCoalescer;
import io.firesteel.spark.internal.shards.DealtShards;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.UnionRDD;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction0;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/**
 * The resident jobs of a fit, one after the other, each over all its data sets. Each job is another
 * incarnation; reports of earlier ones are ignored.
 */
final class ResidentJobs {

  private static final int NONE = -1;
  private static final long LEAVE_MILLIS = 2000;

  private final SparkContext context;
  private final ExecutorNetworkSpec network;
  private final BatchPlan[] plans;
  private final long[][] hashes;
  private final RDD<ShardBlock> blocks;
  private final String description;
  private final long fit = ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
  private final TaskExchange exchange = new TaskExchange(fit);
  private @Nullable Job current;
  private int incarnation = NONE;
  private int tasks;
  private long startedAt;
  private int submitted;

  /** Creates the jobs of data sets, the shards to train on and perhaps those to validate on. */
  ResidentJobs(SparkContext context, ExecutorNetworkSpec network, Map<DataSet, DealtShards> data) {
    this.context = context;
    this.network = network;
    List<DealtShards> sets =
        Stream.of(DataSet.values()).filter(data::containsKey).map(data::get).toList();
    this.plans = sets.stream().map(DealtShards::plan).toArray(BatchPlan[]::new);
    this.hashes = sets.stream().map(DealtShards::hashes).toArray(long[][]::new);
    this.blocks = blocks(context, sets);
    this.description =
        "Firesteel trains on %d rows in %d shards".formatted(plans[0].rows(), plans[0].shards());
  }

  /** Not {@code RDD.union}, which merges partitions of the same number under one partitioner. */
  private static RDD<ShardBlock> blocks(SparkContext context, List<DealtShards> data) {
    List<RDD<ShardBlock>> sets = data.stream().map(DealtShards::blocks).toList();
    return new UnionRDD<>(context, ScalaLists.of(sets), ClassTag$.MODULE$.apply(ShardBlock.class));
  }

  SparkContext context() {
    return context;
  }

  /** Returns what the jobs are called. */
  String description() {
    return description;
  }

  /** Returns the number of shards of a data set. */
  int shards(DataSet data) {
    return plans[data.code()].shards();
  }

  /** Returns the number that identifies the fit. */
  long fit() {
    return fit;
  }

  /** Returns the exchange with the tasks. */
  TaskExchange exchange() {
    return exchange;
  }

  /** Returns how many jobs were submitted. */
  int submitted() {
    return submitted;
  }

  /** Tells whether there is a job. */
  boolean isThere() {
    return current != null;
  }

  /** Tells whether the job is that incarnation. */
  boolean is(int number) {
    return incarnation == number;
  }

  /** Returns how many tasks the job has, 0 if there is none. */
  int tasks() {
    return current == null ? 0 : tasks;
  }

  /** Returns for how long there has been a job. */
  long millis() {
    return (System.nanoTime() - startedAt) / 1_000_000;
  }

  /**
   * Submits a job.
   *
   * @param listener returns the listener of an incarnation
   */
  void submit(int wantedTasks, IntFunction<Job.Listener> listener) {
    tasks = wantedTasks;
    startedAt = System.nanoTime();
    incarnation = exchange.admit(tasks);
    submitted++;
    current = start(listener.apply(incarnation));
  }

  private Job start(Job.Listener listener) {
    int[] shards = new int[plans.length];
    for (int i = 0; i < shards.length; i++) {
      shards[i] = plans[i].shards();
    }

    RDD<ShardBlock> grouped = ContiguousCoalescer.group(context, blocks, tasks, shards);
    ResidentTask task = new ResidentTask(fit, incarnation, network, plans, hashes);
    String property = Long.toHexString(fit) + ":" + incarnation;
    context.setLocalProperty(Job.PROPERTY, property);
    try {
      return SparkJobs.described(
          context, description, () -> Job.submit(context, grouped, task, listener));
    } finally {
      context.setLocalProperty(Job.PROPERTY, null);
    }
  }

  /** Tells the tasks to leave; returns the job that was current, or null. */
  @Nullable Job dismiss() {
    exchange.dismiss();
    Job dismissed = current;
    current = null;
    incarnation = NONE;
    return dismissed;
  }

  /** Tells the tasks to leave, waits for that a while, and then cancels the job. */
  void leave(String reason) throws InterruptedException {
    Job leaving = dismiss();
    if (leaving != null && !leaving.awaitEnd(LEAVE_MILLIS)) {
      leaving.cancel(reason);
    }
  }

  /** Cancels the job. */
  void abandon(String reason) {
    Job abandoned = dismiss();
    if (abandoned != null) {
      abandoned.cancel(reason);
    }
  }

  /** One Spark job whose tasks stay. It runs with the local properties of whoever submits it. */
  static final class Job {

    /** The local property that tells resident jobs from others: fit and incarnation. */
    static final String PROPERTY = "spark.firesteel.resident";

    private final SimpleFutureAction<BoxedUnit> action;
    private final CountDownLatch end = new CountDownLatch(1);

    private Job(SimpleFutureAction<BoxedUnit> action) {
      this.action = action;
    }

    /** Is told about a job, on the thread of Spark's scheduler. */
    interface Listener {

      /** A task could not take part, as its process lacks some of Spark's internals. */
      void unavailable(String what);

      /** The job has ended, with what failed it, or null. */
      void ended(@Nullable Throwable failure);
    }

    /** Submits a job of one task a partition. */
    static Job submit(
        SparkContext context, RDD<ShardBlock> tasks, ResidentTask task, Listener listener) {
      List<Object> partitions =
          IntStream.range(0, tasks.getNumPartitions()).<Object>mapToObj(i -> i).toList();
      Job job =
          new Job(
              context.submitJob(
                  tasks, task, ScalaLists.of(partitions), new Results(listener), new Nothing()));
      job.action.onComplete(
          new AbstractFunction1<Try<BoxedUnit>, BoxedUnit>() {
            @Override
            public BoxedUnit apply(Try<BoxedUnit> result) {
              job.end.countDown();
              listener.ended(result.isFailure() ? result.failed().get() : null);
              return BoxedUnit.UNIT;
            }
          },
          ExecutionContext.fromExecutor(Runnable::run));
      return job;
    }

    void cancel(String reason) {
      SparkLine.cancel(action, reason);
    }

    /** Waits for the end of the job and tells whether it came. */
    boolean awaitEnd(long millis) throws InterruptedException {
      return end.await(millis, TimeUnit.MILLISECONDS);
    }

    private static final class Results extends AbstractFunction2<Object, String, BoxedUnit> {
      private final Listener listener;

      private Results(Listener listener) {
        this.listener = listener;
      }

      @Override
      public BoxedUnit apply(Object partition, String result) {
        if (!result.isEmpty()) {
          listener.unavailable(result);
        }

        return BoxedUnit.UNIT;
      }
    }

    private static final class Nothing extends AbstractFunction0<BoxedUnit> {
      @Override
      public BoxedUnit apply() {
        return BoxedUnit.UNIT;
      }
    }
  }
}
