package io.firesteel.spark.internal.rows;

import com.esotericsoftware.kryo.Kryo;

/** The classes of this package that Spark sends or caches. */
public final class SentRows {

  private SentRows() {}

  /** Registers them with Kryo. */
  public static void register(Kryo kryo) {
    kryo.register(KeyedRow.class);
    kryo.register(RowChunk.class);
    kryo.register(RowKeys.class);
    kryo.register(ChunkSummary.class);
    kryo.register(ChunkSummary[].class);
  }
}
