package io.firesteel.spark.internal.shards;

import io.firesteel.internal.data.ShardRange;
import java.io.Serializable;
import org.apache.spark.Partition;
import org.apache.spark.rdd.PartitionCoalescer;
import org.apache.spark.rdd.PartitionGroup;
import org.apache.spark.rdd.RDD;
import scala.Option;

/**
 * Groups the partitions of one data set, or of several that stand one after the other: a group has
 * a contiguous range of each, as {@link ShardRange#of} cuts them, an empty one where there are
 * fewer partitions than groups. It names no place: the scheduler then prefers the executor that has
 * a group's first partition cached.
 */
public final class ContiguousCoalescer implements PartitionCoalescer, Serializable {

  private static final long serialVersionUID = 1L;

  private final int[] shards;

  /** Creates a coalescer of data sets of that many shards each. */
  public ContiguousCoalescer(int... shards) {
    this.shards = shards;
  }

  @Override
  public PartitionGroup[] coalesce(int groups, RDD<?> parent) {
    Partition[] partitions = parent.partitions();
    PartitionGroup[] result = new PartitionGroup[groups];
    for (int i = 0; i < groups; i++) {
      result[i] = new PartitionGroup(Option.empty());
      int offset = 0;
      for (int count : shards) {
        ShardRange range = ShardRange.of(i, groups, count);
        for (int p = range.lo(); p < range.hi(); p++) {
          result[i].partitions().addOne(partitions[offset + p]);
        }

        offset += count;
      }
    }

    return result;
  }
}
