package io.firesteel.spark;

import com.esotericsoftware.kryo.Kryo;

/** The classes of this package that Spark sends or caches. */
final class SentRows {

  private SentRows() {}

  /** Registers them with Kryo. */
  static void register(Kryo kryo) {
    kryo.register(KeyedRow.class);
    kryo.register(RowChunk.class);
    kryo.register(RowKeys.class);
    kryo.register(ChunkSummary.class);
    kryo.register(ChunkSummary[].class);
  }
}
