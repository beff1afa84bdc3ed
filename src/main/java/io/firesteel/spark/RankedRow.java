package io.firesteel.spark;

import io.firesteel.data.RowHash;
import java.io.Serializable;
import java.util.Comparator;
import org.apache.spark.Partitioner;

/** A row with its rank in the global order by content. */
final class RankedRow implements Serializable {

  private static final long serialVersionUID = 1L;

  private final long rank;
  private final float[] values;

  RankedRow(long rank, float[] values) {
    this.rank = rank;
    this.values = values;
  }

  float[] values() {
    return values;
  }

  /** The global order by content: by rank as an unsigned number, then by the values' bits. */
  static final class Order implements Comparator<RankedRow>, Serializable {

    private static final long serialVersionUID = 1L;

    @Override
    public int compare(RankedRow left, RankedRow right) {
      int byRank = Long.compareUnsigned(left.rank, right.rank);
      return byRank != 0 ? byRank : RowHash.compareContent(left.values, right.values);
    }
  }

  /** Cuts the ranks into contiguous ranges of the same width. */
  static final class RangePartitioner extends Partitioner {

    private static final long serialVersionUID = 1L;

    private final int partitions;

    RangePartitioner(int partitions) {
      this.partitions = partitions;
    }

    int partition(long rank) {
      return (int) ((rank >>> Integer.SIZE) * partitions >>> Integer.SIZE);
    }

    @Override
    public int getPartition(Object key) {
      return partition(((RankedRow) key).rank);
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof RangePartitioner that && partitions == that.partitions;
    }

    @Override
    public int hashCode() {
      return partitions;
    }
  }
}
