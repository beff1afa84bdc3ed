package io.firesteel.spark.internal.seam;

import java.nio.file.Path;
import java.util.Objects;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.KnownSizeEstimation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files in Spark's local directories, which Spark removes at its end, and blocks that lie there.
 *
 * <p>Why: shards that are larger than an executor's memory go to files. The block manager spreads
 * the files of its own shuffles over the local directories the same way.
 *
 * <p>What it relies on: {@code SparkEnv.blockManager}, {@code
 * DiskBlockManager.createTempLocalBlock}, and {@code KnownSizeEstimation}, which keeps Spark from
 * walking through the buffers of the whole JVM when it caches such a shard. If something of it is
 * not there, all shards stay in memory, with one warning; the results are the same.
 */
public final class LocalFiles {

  private static final Logger LOG = LoggerFactory.getLogger(LocalFiles.class);

  /** About what an object with its buffers of a file takes in the heap. */
  private static final long HEAP_BYTES = 1024;

  private LocalFiles() {}

  /** A block whose bytes are in a file. */
  public interface Block extends KnownSizeEstimation {

    @Override
    default long estimatedSize() {
      return HEAP_BYTES;
    }
  }

  /** Tells whether there can be such files and blocks; if not, the log says so. */
  public static boolean available() {
    return available(
        () -> {
          SparkEnv.get().blockManager().diskBlockManager();
          requireBlocks();
        });
  }

  /** Tells whether classes of such blocks can be loaded at all. */
  public static boolean haveBlocks() {
    try {
      requireBlocks();
      return true;
    } catch (LinkageError e) {
      return false;
    }
  }

  private static void requireBlocks() {
    Objects.requireNonNull(KnownSizeEstimation.class);
  }

  static boolean available(Runnable use) {
    try {
      use.run();
      return true;
    } catch (LinkageError e) {
      LOG.warn("This Spark lacks what shards in files need, so all shards stay in memory", e);
      return false;
    }
  }

  /** Returns a path where there is no file yet. */
  public static Path newFile() {
    return SparkEnv.get().blockManager().diskBlockManager().createTempLocalBlock()._2().toPath();
  }
}
