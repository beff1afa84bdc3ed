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
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.UnionRDD;
import scala.reflect.ClassTag$;

/** Submits the resident jobs of a fit, one after the other, over all its data sets. */
final class ResidentJobs {

  private final SparkContext context;
  private final ExecutorNetworkSpec network;
  private final BatchPlan[] plans;
  private final long[][] hashes;
  private final RDD<ShardBlock> blocks;
  private final String description;

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

  /** Submits a job of that many tasks. */
  ResidentJob submit(long fit, int incarnation, int tasks, ResidentJob.Listener listener) {
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
}
