package io.firesteel.spark;

import io.firesteel.training.ShardRange;
import java.io.Serializable;
import org.apache.spark.Partition;
import org.apache.spark.rdd.PartitionCoalescer;
import org.apache.spark.rdd.PartitionGroup;
import org.apache.spark.rdd.RDD;
import scala.Option;

/**
 * Groups partitions into contiguous ranges that differ by one partition at most. It names no place:
 * the scheduler then prefers the executor that has a group's first partition cached.
 */
final class ContiguousCoalescer implements PartitionCoalescer, Serializable {

  private static final long serialVersionUID = 1L;

  @Override
  public PartitionGroup[] coalesce(int maxPartitions, RDD<?> parent) {
    Partition[] partitions = parent.partitions();
    PartitionGroup[] groups = new PartitionGroup[Math.min(maxPartitions, partitions.length)];
    for (int i = 0; i < groups.length; i++) {
      ShardRange range = ShardRange.of(i, groups.length, partitions.length);
      groups[i] = new PartitionGroup(Option.empty());
      for (int p = range.lo(); p < range.hi(); p++) {
        groups[i].partitions().addOne(partitions[p]);
      }
    }

    return groups;
  }
}
