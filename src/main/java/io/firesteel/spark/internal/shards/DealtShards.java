package io.firesteel.spark.internal.shards;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.FileRows;
import io.firesteel.internal.data.Fingerprint;
import io.firesteel.internal.data.HeapRows;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.internal.data.RowSink;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.DataChecks;
import io.firesteel.internal.network.Network;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.ExecutorNetworks;
import io.firesteel.spark.internal.execution.SourceSettings;
import io.firesteel.spark.internal.execution.SparkJobs;
import io.firesteel.spark.internal.rows.KeyedRow;
import io.firesteel.spark.internal.rows.RowShuffle;
import io.firesteel.spark.internal.rows.SparkRows;
import io.firesteel.spark.internal.rows.SparkRows.ChangedShardException;
import io.firesteel.spark.internal.seam.LocalFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/** The rows of a data set dealt into shards, one partition a shard, cached on the executors. */
public final class DealtShards implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DealtShards.class);
  private static final String CHANGED =
      "The data set gave other rows when it was read again. " + ChangedShardException.ADVICE;

  /*
   * Up to this size the rows of a shard are all held as objects while they are put at their places,
   * which is faster than having Spark sort them.
   */
  private static final long MOST_UNSORTED = 1L << 27;
  private static final int OBJECT_BYTES = 64;

  private final SparkRows rows;
  private final ShardJobs jobs;
  private final JavaRDD<ShardBlock> blocks;
  private final BatchPlan plan;
  private final long[] hashes;
  private boolean hasWeight;
  private boolean closed;

  private DealtShards(
      SparkContext context, SparkRows rows, JavaRDD<ShardBlock> blocks, BatchPlan plan) {
    this.rows = rows;
    this.plan = plan;
    this.blocks = blocks;
    this.jobs = new ShardJobs(context, blocks.rdd(), plan.shards());
    this.hashes = new long[plan.shards()];
  }

  /**
   * Deals the rows and builds all shards.
   *
   * @throws IllegalArgumentException if the loss refuses a label, or the plan's order can't be had
   * @throws IllegalStateException if the rows are no longer those that were read before
   */
  public static DealtShards of(
      SparkContext context, SparkRows rows, ExecutorNetworkSpec network, BatchPlan plan) {
    boolean reliable = SourceSettings.of(context.conf()).reliableShards();
    if (reliable) {
      ReliableShards.requireDirectory(context);
    }

    String description = "Firesteel ranks %d rows".formatted(plan.rows());
    boolean inFiles = inFiles(context, rows, plan);
    rows.acquire();
    try {
      JavaRDD<ShardBlock> blocks =
          SparkJobs.described(context, description, () -> deal(rows, plan, inFiles))
              .persist(StorageLevel.MEMORY_AND_DISK());
      if (reliable) {
        blocks.checkpoint();
      }

      return new DealtShards(context, rows, blocks, plan).build(network);
    } catch (RuntimeException e) {
      rows.release();
      throw e;
    }
  }

  /** Returns the shards, one a partition. */
  public RDD<ShardBlock> blocks() {
    return blocks.rdd();
  }

  /** Returns the batches. */
  public BatchPlan plan() {
    return plan;
  }

  /** Returns what runs jobs over the shards. */
  ShardJobs jobs() {
    return jobs;
  }

  /** Returns the hash of each shard when it was first built. */
  public long[] hashes() {
    return hashes.clone();
  }

  /** Tells whether a row has a weight that is not 0; all have without weights. */
  public boolean hasWeight() {
    return hasWeight;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      blocks.unpersist();
      ReliableShards.delete(blocks);
      rows.release();
    }
  }

  private DealtShards build(ExecutorNetworkSpec network) {
    try {
      Fingerprint built = new Fingerprint();
      String description =
          "Firesteel deals %d rows to %d shards".formatted(plan.rows(), hashes.length);
      for (ShardSummary[] part : jobs.run(description, new BuildTask(network, hashes.length))) {
        for (ShardSummary summary : part) {
          note(summary, built);
          hasWeight |= summary.hasWeight;
        }
      }

      if (built.rows() != plan.rows() || built.hash() != rows.fingerprint().hash()) {
        throw new IllegalStateException(CHANGED);
      }

      return this;
    } catch (RuntimeException e) {
      blocks.unpersist();
      ReliableShards.delete(blocks);
      throw e;
    }
  }

  private void note(ShardSummary summary, Fingerprint built) {
    if (summary.labelProblem != null) {
      throw new IllegalArgumentException("The labels don't suit the loss: " + summary.labelProblem);
    }

    hashes[summary.shard] = summary.hash;
    built.add(summary.rows, summary.contentHash);
  }

  private static boolean inFiles(SparkContext context, SparkRows rows, BatchPlan plan) {
    long bytes = plan.shardRows(0) * rows.rowBytes();
    long limit = ShardMemory.limit(context, plan.shards());
    boolean inFiles =
        bytes > limit && FileRows.fits(rows.layout().width()) && LocalFiles.available();
    if (inFiles) {
      LOG.warn(
          "{} shards of {} bytes go to files in Spark's local directories; in memory a shard may"
              + " have {} ({})",
          plan.shards(),
          bytes,
          limit,
          ShardMemory.SETTING);
    }

    return inFiles;
  }

  private static JavaRDD<ShardBlock> deal(SparkRows rows, BatchPlan plan, boolean inFiles) {
    RowLayout layout = rows.layout();
    long rowBytes = rows.rowBytes();
    JavaRDD<KeyedRow> numbered = rows.numbered(plan.seed(), plan.shuffle());
    RowShuffle.Deal partitioner = new RowShuffle.Deal(plan.shards());
    boolean sorted = inFiles || plan.shardRows(0) * (rowBytes + OBJECT_BYTES) > MOST_UNSORTED;
    JavaRDD<KeyedRow> dealt =
        sorted
            ? RowShuffle.sorted(numbered, partitioner, layout)
            : RowShuffle.partitioned(numbered, partitioner, layout)
                .mapPartitionsWithIndex((shard, part) -> placed(shard, part, plan), true);
    return dealt.mapPartitionsWithIndex(
        (shard, part) -> {
          RowSink sink =
              inFiles
                  ? SpilledRows.sink(plan.shardRows(shard), layout, rowBytes)
                  : HeapRows.sink(plan.shardRows(shard), layout);
          return List.of(block(shard, part, plan, layout, sink)).iterator();
        },
        true);
  }

  /** Returns the rows of a shard in their order, each put at its place. */
  private static Iterator<KeyedRow> placed(int shard, Iterator<KeyedRow> dealt, BatchPlan plan) {
    KeyedRow[] rows = new KeyedRow[plan.shardRows(shard)];
    int count = 0;
    for (; dealt.hasNext(); count++) {
      KeyedRow row = dealt.next();
      long place = row.key() / plan.shards();
      requireUnchanged(shard, place < rows.length && rows[(int) place] == null);
      rows[(int) place] = row;
    }

    requireUnchanged(shard, count == rows.length);
    return Arrays.asList(rows).iterator();
  }

  private static ShardBlock block(
      int shard, Iterator<KeyedRow> dealt, BatchPlan plan, RowLayout layout, RowSink sink) {
    int rows = plan.shardRows(shard);
    try (ShardBlock.Builder builder = ShardBlock.builder(shard, rows, layout, sink)) {
      for (int row = 0; row < rows && dealt.hasNext(); row++) {
        KeyedRow next = dealt.next();
        requireUnchanged(shard, next.key() == (long) row * plan.shards() + shard);
        builder.add(next.values());
      }

      requireUnchanged(shard, !dealt.hasNext() && builder.isComplete());
      return builder.build();
    }
  }

  private static void requireUnchanged(int shard, boolean unchanged) {
    if (!unchanged) {
      throw new ChangedShardException(shard);
    }
  }

  /** Builds shards, which caches them, and checks their labels. */
  private static final class BuildTask extends ShardJobs.Task<ShardSummary[]> {

    private static final long serialVersionUID = 1L;

    private final ExecutorNetworkSpec network;

    BuildTask(ExecutorNetworkSpec network, int shards) {
      super(shards);
      this.network = network;
    }

    @Override
    Class<ShardSummary[]> resultType() {
      return ShardSummary[].class;
    }

    @Override
    ShardSummary[] run(ShardRange range, Iterator<ShardBlock> blocks) {
      Network built = ExecutorNetworks.network(network);
      ShardSummary[] summaries = new ShardSummary[range.hi() - range.lo()];
      for (int i = 0; i < summaries.length; i++) {
        ShardBlock block = blocks.next();
        summaries[i] = new ShardSummary(block, DataChecks.labelProblem(built, block));
      }

      return summaries;
    }
  }

  /** Shards in files of Spark's checkpoint directory, which outlive executors. */
  private static final class ReliableShards {

    private static final Logger LOG = LoggerFactory.getLogger(DealtShards.class);

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
}
