package io.firesteel.spark;

import com.esotericsoftware.kryo.Kryo;
import io.firesteel.data.ShardBlock;
import org.apache.spark.serializer.KryoRegistrator;

/**
 * Registers with Kryo what Firesteel sends and caches. With {@code
 * spark.kryo.registrationRequired=true} set {@code
 * spark.kryo.registrator=io.firesteel.spark.FiresteelKryoRegistrator}.
 */
public final class FiresteelKryoRegistrator implements KryoRegistrator {

  @Override
  public void registerClasses(Kryo kryo) {
    kryo.register(float[][].class);
    kryo.register(ShardBlock.class);
    kryo.register(RankedRow.class);
    kryo.register(RowChunk.class);
    kryo.register(ChunkSummary.class);
    kryo.register(ChunkSummary[].class);
    kryo.register(ShardSummary.class);
    kryo.register(ShardSummary[].class);
  }
}
