package io.firesteel.spark.internal.shards;

import io.firesteel.spark.internal.seam.ThisProcess;
import java.util.Arrays;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkExecutorInfo;

/**
 * The largest shard that stays in an executor's heap; larger ones go to files in Spark's local
 * directory.
 *
 * <p>It is what {@code spark.firesteel.shardMemory} says, e.g. {@code 64m}, where that is set; 0
 * sends all shards to files. Else it is, of the executor that has least, the storage memory that is
 * free, times {@code spark.memory.storageFraction}, divided by the shards of an executor: ceil(S /
 * E) of S shards on E executors. So shards take no more than what Spark's execution never evicts,
 * and leave the rest of the heap to the computation. All shards of a data set are held the same
 * way; results don't depend on it.
 */
final class ShardMemory {

  static final String SETTING = "spark.firesteel.shardMemory";

  private static final long RESERVED = 300L << 20;

  private ShardMemory() {}

  /**
   * Returns the most bytes of a shard in the heap.
   *
   * @throws IllegalArgumentException if the setting is no size
   */
  static long limit(SparkContext context, int shards) {
    SparkConf conf = context.conf();
    if (conf.contains(SETTING)) {
      return setting(conf);
    }

    double fraction = conf.getDouble("spark.memory.storageFraction", 0.5);
    return limit(free(context), fraction, shards);
  }

  /** Returns the most bytes of a shard where each executor has so much storage memory free. */
  static long limit(long[] free, double fraction, int shards) {
    int most = -Math.floorDiv(-shards, free.length);
    return (long) (Arrays.stream(free).min().orElse(0) * fraction) / most;
  }

  private static long setting(SparkConf conf) {
    try {
      return conf.getSizeAsBytes(SETTING);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s must be a size such as 64m. Received: %s".formatted(SETTING, conf.get(SETTING)), e);
    }
  }

  /** Returns the free storage memory of each executor; before there is any, what one will have. */
  private static long[] free(SparkContext context) {
    String driver = ThisProcess.address();
    long[] free =
        Arrays.stream(context.statusTracker().getExecutorInfos())
            .filter(executor -> context.isLocal() || !driver.equals(address(executor)))
            .mapToLong(
                executor ->
                    executor.totalOnHeapStorageMemory() - executor.usedOnHeapStorageMemory())
            .filter(bytes -> bytes > 0)
            .toArray();
    return free.length == 0 ? new long[] {planned(context.conf())} : free;
  }

  private static String address(SparkExecutorInfo executor) {
    return executor.host() + ":" + executor.port();
  }

  private static long planned(SparkConf conf) {
    long heap = conf.getSizeAsBytes("spark.executor.memory", "1g");
    return (long) (Math.max(0, heap - RESERVED) * conf.getDouble("spark.memory.fraction", 0.6));
  }
}
