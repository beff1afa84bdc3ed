package io.firesteel.spark;

import com.esotericsoftware.kryo.Kryo;

/** The classes of this package that Spark sends or caches. */
final class SentShards {

  private SentShards() {}

  /** Registers them with Kryo. */
  static void register(Kryo kryo) {
    kryo.register(SpilledRows.class);
    kryo.register(ShardSummary.class);
    kryo.register(ShardSummary[].class);
  }
}
