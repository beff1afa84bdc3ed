package io.firesteel.spark.internal.hadoop;

import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.WriterReplacedException;
import io.firesteel.spark.internal.hadoop.ClaimFile.Holder;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The claim of one writer on a directory.
 *
 * <p>A claim is respected while its writer lives. Of a writer of this process that is known; of one
 * of this host by its process; one of another host renews its claim by time, and counts as gone
 * once it has not done so for a while (the lease). A claim of a writer that is gone is taken over.
 * Of several that try at once, one succeeds.
 *
 * <p>A writer looks at the claim again right before it publishes, and gives way to whoever has
 * taken over while it could not renew. Between that look and the rename there remains a moment that
 * no file system guards.
 */
public final class WriterClaim {

  private static final Logger LOG = LoggerFactory.getLogger(WriterClaim.class);

  /** The tokens of the writers of this process that are open. */
  private static final Set<String> OPEN = ConcurrentHashMap.newKeySet();

  /** How often a claim that is being waited for is looked at, in a lease. */
  private static final int LOOKS = 15;

  /** After so many leases without a renewal nobody waits, be the clocks somewhat apart. */
  private static final int LONG_GONE = 10;

  /** A claim may be away for a moment while somebody finds that it is not to be taken over. */
  private static final int PATIENCE = 3;

  private final ClaimFile file;
  private final Holder self;
  private final Optional<Holder> previous;

  private WriterClaim(ClaimFile file, Holder self, Optional<Holder> previous) {
    this.file = file;
    this.self = self;
    this.previous = previous;
  }

  /**
   * Claims a directory and makes it if it isn't there.
   *
   * @param lease after how much time without renewal a writer of another host counts as gone
   * @throws CheckpointException if a live writer has it
   * @throws IOException if the directory can't be written
   */
  public static WriterClaim acquire(FileContext files, Path directory, String runId, Duration lease)
      throws IOException {
    ClaimFile file = new ClaimFile(files, directory);
    Optional<Holder> previous = file.read();
    if (previous.isPresent()) {
      Holder holder = previous.get();
      if (isAlive(holder, file, lease)) {
        throw new CheckpointException(
            "The checkpoint location %s is being written by %s. Wait until it has ended, or choose another location for the run '%s'"
                .formatted(directory, holder, runId),
            null);
      }

      LOG.info("Taking over {} from {}", directory, holder);
    }

    Holder self = new Holder(runId, ProcessIdentity.current(), UUID.randomUUID().toString());
    if (!take(file, previous, self)) {
      throw new CheckpointException(
          "The checkpoint location %s was claimed by another writer a moment before the run '%s'"
              .formatted(directory, runId),
          null);
    }

    return new WriterClaim(file, self, previous);
  }

  /**
   * Puts a claim in the place of one whose holder is gone. The renames decide between processes;
   * between threads of this one, on local disks, where a rename may overwrite, the lock does.
   */
  private static boolean take(ClaimFile file, Optional<Holder> previous, Holder self)
      throws IOException {
    synchronized (OPEN) {
      Optional<Holder> now = file.read();
      boolean isFree =
          now.isEmpty()
              || (previous.isPresent()
                  && previous.get().token().equals(now.get().token())
                  && file.remove(previous.get()));
      if (isFree && file.create(self)) {
        OPEN.add(self.token());
        return true;
      }

      return false;
    }
  }

  private static boolean isAlive(Holder holder, ClaimFile file, Duration lease) throws IOException {
    if (holder.isUnknown()) {
      return false;
    }

    ProcessIdentity process = holder.process();
    if (process.isOfThisHost()) {
      return process.isAliveHere()
          && (process.pid() != ProcessHandle.current().pid() || OPEN.contains(holder.token()));
    }

    long renewed = file.renewedMillis();
    long age = System.currentTimeMillis() - renewed;
    return age < LONG_GONE * lease.toMillis() && renews(holder, file, renewed, lease);
  }

  /** Waits for a lease at most; clocks are not compared, for those of two hosts may differ. */
  private static boolean renews(Holder holder, ClaimFile file, long renewed, Duration lease)
      throws IOException {
    LOG.info(
        "Waiting up to {} to see whether {} still writes to {}", lease, holder, file.directory());
    for (int i = 0; i < LOOKS; i++) {
      pause(lease.dividedBy(LOOKS));
      long now = file.renewedMillis();
      if (now != renewed) {
        return now != 0;
      }
    }

    return false;
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CheckpointException("Interrupted while waiting for a claim", e);
    }
  }

  /** Returns the run that has claimed the directory. */
  public String runId() {
    return self.runId();
  }

  /** Returns what tells this opening of the directory from every other one. */
  public String token() {
    return self.token();
  }

  /**
   * Tells whether a temporary file is one of a writer that may be alive still: the one that this
   * claim was taken from, if it is on another host.
   */
  public boolean mayBeInUse(String temporaryName) {
    return previous.isPresent()
        && !previous.get().process().isOfThisHost()
        && temporaryName.contains(previous.get().token());
  }

  /**
   * Makes sure that nobody has taken over.
   *
   * @throws WriterReplacedException if somebody has
   */
  public void requireHeld() throws IOException {
    Optional<Holder> holder = file.read();
    for (int i = 0; holder.isEmpty() && i < PATIENCE; i++) {
      pause(Duration.ofMillis(100));
      holder = file.read();
    }

    if (holder.isEmpty()) {
      throw new WriterReplacedException(
          "The run '%s' may no longer write to %s: its claim %s is gone; the folder was removed or emptied"
              .formatted(self.runId(), file.directory(), ClaimFile.NAME));
    }

    if (!isSelf(holder)) {
      throw new WriterReplacedException(
          "The run '%s' may no longer write to %s: %s has taken over"
              .formatted(self.runId(), file.directory(), holder.get()));
    }
  }

  /** Tells waiting writers that this one lives. */
  public void renew() throws IOException {
    if (isSelf(file.read())) {
      file.renew();
    }
  }

  private boolean isSelf(Optional<Holder> holder) {
    return holder.isPresent() && holder.get().token().equals(self.token());
  }

  /**
   * Removes the claim if it is still this one; where that fails, the process knows that nobody
   * writes any more. HDFS would refuse an interrupted thread.
   */
  public void release() throws IOException {
    OPEN.remove(self.token());
    boolean interrupted = Thread.interrupted();
    try {
      if (isSelf(file.read())) {
        file.delete();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
