package io.firesteel.spark.shards;

import com.esotericsoftware.kryo.Kryo;

/** The classes of this package that Spark sends or caches. */
public final class SentShards {

  private SentShards() {}

  /** Registers them with Kryo. */
  public static void register(Kryo kryo) {
    kryo.register(SpilledRows.class);
    kryo.register(ShardSummary.class);
    kryo.register(ShardSummary[].class);
  }
}
