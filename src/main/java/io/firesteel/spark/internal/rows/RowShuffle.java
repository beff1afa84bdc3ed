package io.firesteel.spark.internal.rows;

import io.firesteel.internal.data.RowLayout;
import io.firesteel.spark.internal.rows.SortedKeys.SortKey;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.ShuffledRDD;
import scala.Tuple2;
import scala.math.Ordering$;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** A shuffle of rows. A row is written as its bytes, whatever {@code spark.serializer} says. */
public final class RowShuffle {

  private static final ClassTag<Void> NOTHING = ClassTag$.MODULE$.apply(Void.class);

  private RowShuffle() {}

  /**
   * Returns rows in the partitions of a partitioner, each sorted. Spark sorts on disk what does not
   * fit into memory.
   *
   * @param layout what the values of a row are
   */
  public static JavaRDD<KeyedRow> sorted(
      JavaRDD<KeyedRow> rows, RowPartitioner partitioner, RowLayout layout) {
    return rows(
        shuffled(rows, partitioner, layout)
            .setKeyOrdering(Ordering$.MODULE$.comparatorToOrdering(new KeyedRow.Order())));
  }

  /**
   * Returns rows in the partitions of a partitioner, in any order.
   *
   * @param layout what the values of a row are
   */
  public static JavaRDD<KeyedRow> partitioned(
      JavaRDD<KeyedRow> rows, RowPartitioner partitioner, RowLayout layout) {
    return rows(shuffled(rows, partitioner, layout));
  }

  private static ShuffledRDD<KeyedRow, Void, Void> shuffled(
      JavaRDD<KeyedRow> rows, RowPartitioner partitioner, RowLayout layout) {
    RDD<Tuple2<KeyedRow, Void>> pairs =
        rows.mapToPair(row -> new Tuple2<KeyedRow, Void>(row, null)).rdd();
    return new ShuffledRDD<KeyedRow, Void, Void>(
            pairs, partitioner, ClassTag$.MODULE$.apply(KeyedRow.class), NOTHING, NOTHING)
        .setSerializer(new RowSerializer(layout));
  }

  private static JavaRDD<KeyedRow> rows(ShuffledRDD<KeyedRow, Void, Void> pairs) {
    return pairs.toJavaRDD().map(Tuple2::_1);
  }

  /** Gives a row its partition. */
  abstract static class RowPartitioner extends Partitioner {

    private static final long serialVersionUID = 1L;

    private final int partitions;

    RowPartitioner(int partitions) {
      this.partitions = partitions;
    }

    abstract int partition(KeyedRow row);

    @Override
    public final int numPartitions() {
      return partitions;
    }

    @Override
    public final int getPartition(Object row) {
      return partition((KeyedRow) row);
    }

    @Override
    public final boolean equals(Object other) {
      return other instanceof RowPartitioner that
          && getClass() == that.getClass()
          && partitions == that.partitions;
    }

    @Override
    public final int hashCode() {
      return partitions;
    }
  }

  /** Cuts ranks into contiguous ranges of the same width. */
  static final class Ranges extends RowPartitioner {

    private static final long serialVersionUID = 1L;

    Ranges(int partitions) {
      super(partitions);
    }

    @Override
    int partition(KeyedRow row) {
      return partition(row.key());
    }

    int partition(long rank) {
      return (int) (((rank >>> Integer.SIZE) * numPartitions()) >>> Integer.SIZE);
    }
  }

  /** Deals position i to shard i mod S. */
  public static final class Deal extends RowPartitioner {

    private static final long serialVersionUID = 1L;

    public Deal(int shards) {
      super(shards);
    }

    @Override
    int partition(KeyedRow row) {
      return (int) (row.key() % numPartitions());
    }
  }

  /** Sends keys that are being sorted back to the partitions they came from. */
  static final class Home extends RowPartitioner {

    private static final long serialVersionUID = 1L;

    Home(int partitions) {
      super(partitions);
    }

    @Override
    int partition(KeyedRow row) {
      return SortKey.partition(row.values());
    }
  }
}
