package io.firesteel.spark.internal.shards;

import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.spark.internal.execution.SparkJobs;
import io.firesteel.spark.internal.seam.ScalaLists;
import io.firesteel.spark.internal.seam.SparkInternals;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.jspecify.annotations.Nullable;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/** Runs Spark jobs over shards, with as many tasks as there are slots for and shards. */
final class ShardJobs {

  private final SparkContext context;
  private final RDD<ShardBlock> blocks;
  private final int shards;
  private @Nullable RDD<ShardBlock> grouped;

  ShardJobs(SparkContext context, RDD<ShardBlock> blocks, int shards) {
    this.context = context;
    this.blocks = blocks;
    this.shards = shards;
  }

  /** Runs a job and returns what its tasks send back, in the order of their ranges of shards. */
  <R> List<R> run(String description, Task<R> task) {
    RDD<ShardBlock> tasks = grouped();
    ClassTag<R> type = ClassTag$.MODULE$.apply(task.resultType());
    Object results =
        SparkJobs.described(context, description, () -> context.runJob(tasks, task, type));
    return Arrays.stream((Object[]) results).map(task.resultType()::cast).toList();
  }

  /** Returns the shards in one contiguous group a task. */
  RDD<ShardBlock> grouped() {
    int tasks = Math.min(shards, Math.max(1, SparkInternals.slots(context)));
    RDD<ShardBlock> known = grouped;
    if (known == null || known.getNumPartitions() != tasks) {
      known = ContiguousCoalescer.group(context, blocks, tasks, shards);
      grouped = known;
    }

    return known;
  }

  /**
   * The work of one Spark task over a contiguous range of shards.
   *
   * @param <R> what it sends back
   */
  abstract static class Task<R>
      extends AbstractFunction2<TaskContext, scala.collection.Iterator<ShardBlock>, R>
      implements Serializable {

    private static final long serialVersionUID = 1L;

    private final int shards;

    Task(int shards) {
      this.shards = shards;
    }

    /** Returns the number of shards of all tasks. */
    final int shards() {
      return shards;
    }

    /** Does the work; the blocks come in the order of the range. */
    abstract R run(ShardRange range, Iterator<ShardBlock> blocks);

    /** Returns the class of what it sends back. */
    abstract Class<R> resultType();

    @Override
    public final R apply(TaskContext context, scala.collection.Iterator<ShardBlock> blocks) {
      ShardRange range = ShardRange.of(context.partitionId(), context.numPartitions(), shards);
      return run(range, ScalaLists.iterator(blocks));
    }
  }
}
