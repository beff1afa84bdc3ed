package io.firesteel.spark.internal.resident;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.SparkJobs;
import io.firesteel.spark.internal.seam.ScalaLists;
import io.firesteel.spark.internal.shards.ContiguousCoalescer;
import io.firesteel.spark.internal.shards.DealtShards;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.UnionRDD;
import org.jspecify.annotations.Nullable;
import scala.reflect.ClassTag$;

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
  private @Nullable ResidentJob current;
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
  void submit(int wantedTasks, IntFunction<ResidentJob.Listener> listener) {
    tasks = wantedTasks;
    startedAt = System.nanoTime();
    incarnation = exchange.admit(tasks);
    submitted++;
    current = start(listener.apply(incarnation));
  }

  private ResidentJob start(ResidentJob.Listener listener) {
    int[] shards = new int[plans.length];
    for (int i = 0; i < shards.length; i++) {
      shards[i] = plans[i].shards();
    }

    RDD<ShardBlock> grouped = ContiguousCoalescer.group(context, blocks, tasks, shards);
    ResidentTask task = new ResidentTask(fit, incarnation, network, plans, hashes);
    String property = Long.toHexString(fit) + ":" + incarnation;
    context.setLocalProperty(ResidentJob.PROPERTY, property);
    try {
      return SparkJobs.described(
          context, description, () -> ResidentJob.submit(context, grouped, task, listener));
    } finally {
      context.setLocalProperty(ResidentJob.PROPERTY, null);
    }
  }

  /** Tells the tasks to leave; returns the job that was current, or null. */
  @Nullable ResidentJob dismiss() {
    exchange.dismiss();
    ResidentJob dismissed = current;
    current = null;
    incarnation = NONE;
    return dismissed;
  }

  /** Tells the tasks to leave, waits for that a while, and then cancels the job. */
  void leave(String reason) throws InterruptedException {
    ResidentJob leaving = dismiss();
    if (leaving != null && !leaving.awaitEnd(LEAVE_MILLIS)) {
      leaving.cancel(reason);
    }
  }

  /** Cancels the job. */
  void abandon(String reason) {
    ResidentJob abandoned = dismiss();
    if (abandoned != null) {
      abandoned.cancel(reason);
    }
  }
}
