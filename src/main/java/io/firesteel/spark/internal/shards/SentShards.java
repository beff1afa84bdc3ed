package io.firesteel.spark.internal.shards;

import com.esotericsoftware.kryo.Kryo;
import io.firesteel.spark.internal.seam.LocalFiles;

/** The classes of this package that Spark sends or caches. */
public final class SentShards {

  private SentShards() {}

  /** Registers them with Kryo. */
  public static void register(Kryo kryo) {
    if (LocalFiles.haveBlocks()) {
      kryo.register(SpilledRows.class);
    }

    kryo.register(ShardSummary.class);
    kryo.register(ShardSummary[].class);
  }
}
