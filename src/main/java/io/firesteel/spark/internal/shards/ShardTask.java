package io.firesteel.spark.internal.shards;

import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.spark.internal.seam.ScalaLists;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import scala.runtime.AbstractFunction2;

/**
 * The work of one Spark task over a contiguous range of shards.
 *
 * @param <R> what it sends back
 */
abstract class ShardTask<R>
    extends AbstractFunction2<TaskContext, scala.collection.Iterator<ShardBlock>, R>
    implements Serializable {

  private static final long serialVersionUID = 1L;

  private final int shards;

  ShardTask(int shards) {
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
