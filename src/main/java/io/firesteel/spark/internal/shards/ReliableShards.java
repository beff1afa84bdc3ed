package io.firesteel.spark.internal.shards;

import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/** Shards in files of Spark's checkpoint directory, which outlive executors. */
final class ReliableShards {

  private static final Logger LOG = LoggerFactory.getLogger(ReliableShards.class);

  private ReliableShards() {}

  /**
   * Refuses to write shards where there is no directory for them.
   *
   * @throws IllegalArgumentException if there is none
   */
  static void requireDirectory(SparkContext context) {
    if (context.getCheckpointDir().isEmpty()) {
      throw new IllegalArgumentException(
          "spark.firesteel.reliableShards=true needs a checkpoint directory on a file system that"
              + " all executors reach. Set spark.checkpoint.dir, or call"
              + " SparkContext.setCheckpointDir");
    }
  }

  /** Deletes the files of shards, if there are any. What can't be deleted is warned about. */
  static void delete(JavaRDD<?> shards) {
    Option<String> files = shards.rdd().getCheckpointFile();
    if (files.isEmpty()) {
      return;
    }

    Path folder = new Path(files.get());
    try {
      folder.getFileSystem(shards.context().hadoopConfiguration()).delete(folder, true);
    } catch (IOException e) {
      LOG.warn("The shards in {} could not be deleted", folder, e);
    }
  }
}
