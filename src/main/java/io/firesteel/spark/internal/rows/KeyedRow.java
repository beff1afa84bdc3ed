package io.firesteel.spark.internal.rows;

import com.esotericsoftware.kryo.Kryo;
import io.firesteel.internal.data.RowHash;
import java.io.Serializable;
import java.util.Comparator;

/**
 * A row with a number to sort it by: its rank in the global order by content, or its position in
 * that order.
 */
public final class KeyedRow implements Serializable {

  private static final long serialVersionUID = 1L;

  private final long key;
  private final float[] values;

  KeyedRow(long key, float[] values) {
    this.key = key;
    this.values = values;
  }

  /** Registers with Kryo the classes of this package that Spark sends or caches. */
  public static void register(Kryo kryo) {
    kryo.register(KeyedRow.class);
    kryo.register(RowChunk.class);
    kryo.register(RowKeys.class);
    kryo.register(RowKeys.ChunkSummary.class);
    kryo.register(RowKeys.ChunkSummary[].class);
  }

  public long key() {
    return key;
  }

  public float[] values() {
    return values;
  }

  /** The order by key as an unsigned number, then by the values' bits. */
  static final class Order implements Comparator<KeyedRow>, Serializable {

    private static final long serialVersionUID = 1L;

    @Override
    public int compare(KeyedRow left, KeyedRow right) {
      int byKey = Long.compareUnsigned(left.key, right.key);
      return byKey != 0 ? byKey : RowHash.compareContent(left.values, right.values);
    }
  }
}
