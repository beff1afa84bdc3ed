package io.firesteel.spark.internal.shards;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.spark.internal.seam.ScalaSerializable;
import io.firesteel.spark.internal.seam.SparkInternals;
import java.util.List;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.PartitionCoalescer;
import org.apache.spark.rdd.PartitionGroup;
import org.apache.spark.rdd.RDD;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * Groups the partitions of one data set, or of several that stand one after the other: a group has
 * a contiguous range of each, as {@link ShardRange#of} cuts them, an empty one where there are
 * fewer partitions than groups.
 *
 * <p>Groups that are to have all slots of the application prefer places: neighbours the same
 * executor, whose tasks then own contiguous shards, and add their sums in the tree before they send
 * them. Others name no place: the scheduler then prefers the executor that has a group's first
 * partition cached.
 */
public final class ContiguousCoalescer implements PartitionCoalescer, ScalaSerializable {

  private static final long serialVersionUID = 1L;

  private final String[] slots;
  private final int[] shards;

  private ContiguousCoalescer(String[] slots, int... shards) {
    this.slots = slots;
    this.shards = shards;
  }

  /**
   * Groups the partitions of data sets.
   *
   * @param blocks the partitions, those of one data set after those of the other
   * @param tasks the number of groups
   * @param shards how many partitions each data set has
   */
  public static <T> RDD<T> group(SparkContext context, RDD<T> blocks, int tasks, int... shards) {
    List<String> slots = SparkInternals.slotLocations(context);
    boolean all = tasks == Math.min(shards[0], slots.size());
    String[] places = all ? slots.toArray(new String[0]) : new String[0];
    ContiguousCoalescer coalescer = new ContiguousCoalescer(places, shards);
    return blocks.coalesce(tasks, false, Option.apply(coalescer), null);
  }

  @Override
  public PartitionGroup[] coalesce(int groups, RDD<?> parent) {
    Partition[] partitions = parent.partitions();
    PartitionGroup[] result = new PartitionGroup[groups];
    for (int i = 0; i < groups; i++) {
      result[i] = new PartitionGroup(Option.apply(place(i, groups)));
      int offset = 0;
      for (int count : shards) {
        ShardRange range = ShardRange.of(i, groups, count);
        for (int p = range.lo(); p < range.hi(); p++) {
          result[i].partitions().$plus$eq(partitions[offset + p]);
        }

        offset += count;
      }
    }

    return result;
  }

  private @Nullable String place(int group, int groups) {
    return slots.length == 0 ? null : slots[(int) ((long) group * slots.length / groups)];
  }
}
