package io.firesteel.spark;

import io.firesteel.data.RowLayout;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.ShuffledRDD;
import scala.Tuple2;
import scala.math.Ordering$;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * A shuffle of rows that sorts each partition by key. Spark sorts on disk what does not fit into
 * memory. A row is written as its bytes, whatever {@code spark.serializer} says.
 */
final class RowShuffle {

  private static final ClassTag<Void> NOTHING = ClassTag$.MODULE$.apply(Void.class);

  private RowShuffle() {}

  /**
   * Returns rows in the partitions of a partitioner, each sorted.
   *
   * @param layout what the values of a row are
   */
  static JavaRDD<KeyedRow> sorted(
      JavaRDD<KeyedRow> rows, KeyPartitioner partitioner, RowLayout layout) {
    RDD<Tuple2<KeyedRow, Void>> pairs =
        rows.mapToPair(row -> new Tuple2<KeyedRow, Void>(row, null)).rdd();
    return new ShuffledRDD<KeyedRow, Void, Void>(
            pairs, partitioner, ClassTag$.MODULE$.apply(KeyedRow.class), NOTHING, NOTHING)
        .setKeyOrdering(Ordering$.MODULE$.comparatorToOrdering(new KeyedRow.Order()))
        .setSerializer(new RowSerializer(layout))
        .toJavaRDD()
        .map(Tuple2::_1);
  }

  /** Gives a row its partition by its key. */
  abstract static class KeyPartitioner extends Partitioner {

    private static final long serialVersionUID = 1L;

    private final int partitions;

    KeyPartitioner(int partitions) {
      this.partitions = partitions;
    }

    abstract int partition(long key);

    @Override
    public final int numPartitions() {
      return partitions;
    }

    @Override
    public final int getPartition(Object row) {
      return partition(((KeyedRow) row).key());
    }

    @Override
    public final boolean equals(Object other) {
      return other instanceof KeyPartitioner that
          && getClass() == that.getClass()
          && partitions == that.partitions;
    }

    @Override
    public final int hashCode() {
      return partitions;
    }
  }

  /** Cuts ranks into contiguous ranges of the same width. */
  static final class Ranges extends KeyPartitioner {

    private static final long serialVersionUID = 1L;

    Ranges(int partitions) {
      super(partitions);
    }

    @Override
    int partition(long rank) {
      return (int) ((rank >>> Integer.SIZE) * numPartitions() >>> Integer.SIZE);
    }
  }

  /** Deals position i to shard i mod S. */
  static final class Deal extends KeyPartitioner {

    private static final long serialVersionUID = 1L;

    Deal(int shards) {
      super(shards);
    }

    @Override
    int partition(long position) {
      return (int) (position % numPartitions());
    }
  }
}
