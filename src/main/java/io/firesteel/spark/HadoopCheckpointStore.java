package io.firesteel.spark;

import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.CheckpointFiles;
import io.firesteel.checkpoint.CheckpointLocation;
import io.firesteel.checkpoint.CheckpointStore;
import io.firesteel.checkpoint.CheckpointSummary;
import io.firesteel.checkpoint.Checkpoints;
import io.firesteel.checkpoint.Manifest;
import io.firesteel.checkpoint.WriterReplacedException;
import io.firesteel.spark.internal.hadoop.CheckpointPublisher;
import io.firesteel.spark.internal.hadoop.HadoopCheckpoints;
import io.firesteel.spark.internal.hadoop.HadoopFileIO;
import io.firesteel.spark.internal.hadoop.HadoopPath;
import io.firesteel.spark.internal.hadoop.KeptCheckpoints;
import io.firesteel.spark.internal.hadoop.WriterClaim;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a directory of any Hadoop file system: folders {@code step-<n>}, each with a
 * manifest.
 *
 * <p>A commit writes all files into a temporary sibling, closes them, compares their lengths with
 * what was written, looks whether the directory is still this writer's, and renames the sibling to
 * {@code step-<n>}, which must not exist. The checksums are taken from the stream that is written
 * and not from a second reading: the file systems check their own transfers, and whoever reads a
 * checkpoint compares every checksum before it trusts a byte.
 *
 * <p>The rename of a folder is atomic on HDFS and on local file systems, so a checkpoint is there
 * whole or not at all, whatever is killed. On object stores ({@code s3a}, most others) it is a copy
 * of file after file: a crash may leave a folder that is not whole, which readers recognise by its
 * manifest and skip. In both cases the older checkpoints are removed only after the commit.
 *
 * <p>One writer has a directory at a time. Its claim ends with it; one that is left behind is taken
 * over once its writer is gone, which for a writer of another host takes the time {@code
 * firesteel.checkpoint.lease} of the Hadoop configuration, 30 s by default: a living writer renews
 * its claim three times in that.
 *
 * <p>A file system must be known to Hadoop's {@link FileContext}, under the key {@code
 * fs.AbstractFileSystem.SCHEME.impl}.
 */
public final class HadoopCheckpointStore implements CheckpointStore {

  private static final Logger LOG = LoggerFactory.getLogger(HadoopCheckpointStore.class);
  private static final String TEMPORARY = "_tmp-";
  private static final String LEASE = "firesteel.checkpoint.lease";
  private static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);

  private final FileContext files;
  private final Path directory;
  private final WriterClaim claim;
  private final ClaimRenewal renewal;
  private final HadoopCheckpoints checkpoints;
  private final CheckpointPublisher publisher;
  private final KeptCheckpoints kept;
  private int commits;
  private long committedBytes = -1;
  private boolean isOpen = true;

  private HadoopCheckpointStore(
      HadoopCheckpoints checkpoints,
      FileContext files,
      Path directory,
      int keep,
      WriterClaim claim,
      Duration lease) {
    this.checkpoints = checkpoints;
    this.files = files;
    this.directory = directory;
    this.claim = claim;
    this.renewal = new ClaimRenewal(claim, lease);
    this.publisher = new CheckpointPublisher(files, directory, checkpoints);
    this.kept = new KeptCheckpoints(checkpoints, files, keep);
  }

  /**
   * Returns a directory as a place for checkpoints, for {@code Checkpointing.in}.
   *
   * @param location any Hadoop path; one without a scheme belongs to the default file system
   * @param hadoopConf the Hadoop configuration
   * @param keep how many valid checkpoints to keep, 2 or more
   */
  public static CheckpointLocation at(String location, Configuration hadoopConf, int keep) {
    requireEnough(keep);
    return new CheckpointLocation() {
      @Override
      public Checkpoints read() {
        return HadoopCheckpointStore.read(location, hadoopConf);
      }

      @Override
      public CheckpointStore open(String runId) {
        return HadoopCheckpointStore.open(location, hadoopConf, runId, keep);
      }
    };
  }

  /**
   * Opens a directory for writing, makes it if it isn't there, claims it for a run, and removes
   * what dead writers have left unfinished.
   *
   * @param location any Hadoop path; one without a scheme belongs to the default file system
   * @param hadoopConf the Hadoop configuration
   * @param runId the run that writes
   * @param keep how many valid checkpoints to keep, 2 or more
   * @throws CheckpointException if the directory can't be written or another live writer has it
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static HadoopCheckpointStore open(
      String location, Configuration hadoopConf, String runId, int keep) {
    requireEnough(keep);
    if (runId.isBlank()) {
      throw new IllegalArgumentException("The run id must not be blank. Received: '" + runId + "'");
    }

    try {
      Path path = path(location);
      FileContext files = HadoopFileIO.context(path, hadoopConf);
      Path directory = files.makeQualified(path);
      HadoopCheckpoints checkpoints = new HadoopCheckpoints(location, files, directory);
      Duration lease = lease(hadoopConf);
      WriterClaim claim = WriterClaim.acquire(files, directory, runId, lease);
      HadoopCheckpointStore store =
          new HadoopCheckpointStore(checkpoints, files, directory, keep, claim, lease);
      store.survey();
      return store;
    } catch (IOException e) {
      throw new CheckpointException(
          "The checkpoint location %s can't be written: %s"
              .formatted(location, HadoopCheckpoints.reason(e)),
          e);
    }
  }

  /**
   * Returns the checkpoints of a directory for reading. It need not be there, and nothing in it is
   * touched.
   *
   * @throws CheckpointException if the location is on no known file system
   */
  public static Checkpoints read(String location, Configuration hadoopConf) {
    try {
      Path path = path(location);
      FileContext files = HadoopFileIO.context(path, hadoopConf);
      return new HadoopCheckpoints(location, files, files.makeQualified(path));
    } catch (IOException e) {
      throw new CheckpointException(
          "The checkpoint location %s can't be read: %s"
              .formatted(location, HadoopCheckpoints.reason(e)),
          e);
    }
  }

  @Override
  public String location() {
    return checkpoints.location();
  }

  @Override
  public synchronized Optional<Checkpoint> latest() {
    Optional<Checkpoint> latest = checkpoints.latest();
    latest.ifPresent(checkpoint -> kept.verified(checkpoint.step()));
    return latest;
  }

  @Override
  public List<CheckpointSummary> list() {
    return checkpoints.list();
  }

  @Override
  public synchronized void commit(Checkpoint checkpoint) {
    if (!isOpen) {
      throw new IllegalStateException("The checkpoint store of " + directory + " is closed");
    }

    long step = checkpoint.step();
    Path temporary = new Path(directory, TEMPORARY + step + "-" + claim.token() + "-" + commits++);
    Manifest manifest;
    publisher.discardLeftovers();
    try {
      kept.requireNewest(step);
      manifest =
          CheckpointFiles.write(
              checkpoint,
              claim.runId(),
              (name, content) ->
                  HadoopFileIO.writeDurably(files, new Path(temporary, name), content));
      requireLengths(temporary, manifest);
      claim.requireHeld();
    } catch (WriterReplacedException e) {
      publisher.discard(temporary);
      throw new WriterReplacedException(
          "The checkpoint of step %d was not committed to %s: %s"
              .formatted(step, directory, e.getMessage()));
    } catch (IOException | RuntimeException e) {
      publisher.discard(temporary);
      throw publisher.notCommitted(step, e);
    }

    publisher.publish(temporary, manifest);
    kept.found(step);
    kept.verified(step);
    committedBytes = manifest.lengths().values().stream().mapToLong(Long::longValue).sum();
    kept.prune();
  }

  @Override
  public synchronized long committedBytes() {
    return committedBytes;
  }

  @Override
  public synchronized void close() {
    if (!isOpen) {
      return;
    }

    isOpen = false;
    renewal.close();
    try {
      claim.release();
    } catch (IOException e) {
      LOG.warn("Could not remove the claim on {}: {}", directory, HadoopCheckpoints.reason(e));
    }
  }

  /** Learns what is there and removes what is unfinished; gives the claim back if it can't. */
  private void survey() throws IOException {
    try {
      readDirectory();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void readDirectory() throws IOException {
    for (FileStatus entry : checkpoints.entries()) {
      String name = entry.getPath().getName();
      Long step = HadoopCheckpoints.stepOf(name);
      if (step != null) {
        kept.found(step);
      } else if (name.startsWith(TEMPORARY) && !claim.mayBeInUse(name)) {
        LOG.info("Removing what a dead writer left unfinished: {}", entry.getPath());
        files.delete(entry.getPath(), true);
      }
    }
  }

  private void requireLengths(Path temporary, Manifest manifest) throws IOException {
    Map<String, Long> found = new HashMap<>();
    RemoteIterator<FileStatus> listing = files.listStatus(temporary);
    while (listing.hasNext()) {
      FileStatus file = listing.next();
      found.put(file.getPath().getName(), file.getLen());
    }

    if (!found.equals(manifest.lengths())) {
      throw new IOException(
          "the files do not have the lengths that were written: %s instead of %s"
              .formatted(new TreeMap<>(found), new TreeMap<>(manifest.lengths())));
    }
  }

  private static Duration lease(Configuration hadoopConf) {
    long millis =
        hadoopConf.getTimeDuration(LEASE, DEFAULT_LEASE.toMillis(), TimeUnit.MILLISECONDS);
    if (millis < 1) {
      throw new IllegalArgumentException(
          "%s must be a time above 0. Received: %s".formatted(LEASE, hadoopConf.get(LEASE)));
    }

    return Duration.ofMillis(millis);
  }

  private static void requireEnough(int keep) {
    if (keep < 2) {
      throw new IllegalArgumentException(
          "The number of checkpoints to keep must be 2 or more. Received: keep=" + keep);
    }
  }

  private static Path path(String location) throws IOException {
    try {
      return HadoopPath.of(location);
    } catch (IllegalArgumentException e) {
      throw new IOException("it is no path: " + e.getMessage(), e);
    }
  }

  /** Renews a claim from time to time, on a thread of its own, until it is closed. */
  static final class ClaimRenewal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HadoopCheckpointStore.class);

    /** How often in a lease, so that one that fails does no harm. */
    private static final int TIMES = 3;

    private final ScheduledThreadPoolExecutor thread;

    /** Starts to renew. */
    public ClaimRenewal(WriterClaim claim, Duration lease) {
      thread =
          new ScheduledThreadPoolExecutor(
              1,
              task -> {
                Thread renewer = new Thread(task, "firesteel-checkpoint-claim");
                renewer.setDaemon(true);
                return renewer;
              });
      long millis = Math.max(1, lease.toMillis() / TIMES);
      thread.scheduleWithFixedDelay(() -> renew(claim), millis, millis, TimeUnit.MILLISECONDS);
    }

    private static void renew(WriterClaim claim) {
      try {
        claim.renew();
      } catch (IOException | RuntimeException e) {
        LOG.debug("A claim could not be renewed", e);
      }
    }

    @Override
    public void close() {
      thread.shutdownNow();
    }
  }
}
