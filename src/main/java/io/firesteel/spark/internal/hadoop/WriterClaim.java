package io.firesteel.spark.internal.hadoop;

import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in a directory that says who writes there.
 *
 * <p>A claim whose process is alive on this host, this process included, is respected. Any other is
 * taken over: its process is dead, or on another host, where nobody can tell. So a writer looks at
 * the claim again right before it publishes, and gives way to whoever has taken over. Between that
 * look and the rename there remains a moment that no file system guards.
 */
public final class WriterClaim {

  private static final Logger LOG = LoggerFactory.getLogger(WriterClaim.class);
  private static final String FILE = "_claim.json";

  private static final String RUN_ID = "run_id";
  private static final String HOST = "host";
  private static final String PID = "pid";
  private static final String PROCESS_START = "process_start";
  private static final String TOKEN = "token";

  /**
   * Who writes.
   *
   * @param runId the run
   * @param process its process
   * @param token what tells this opening of the directory from every other one
   */
  record Holder(String runId, ProcessIdentity process, String token) {

    @Override
    public String toString() {
      return "the run '%s' (%s)".formatted(runId, process);
    }
  }

  private final FileContext files;
  private final Path directory;
  private final Holder self;
  private final Optional<Holder> previous;

  private WriterClaim(FileContext files, Path directory, Holder self, Optional<Holder> previous) {
    this.files = files;
    this.directory = directory;
    this.self = self;
    this.previous = previous;
  }

  /**
   * Claims a directory and makes it if it isn't there.
   *
   * @throws CheckpointException if a live process of this host has it
   * @throws IOException if the directory can't be written
   */
  public static WriterClaim acquire(FileContext files, Path directory, String runId)
      throws IOException {
    Optional<Holder> previous = read(files, directory);
    if (previous.isPresent() && previous.get().process().isAliveHere()) {
      throw new CheckpointException(
          "The checkpoint location %s is being written by %s. Wait until it has ended, or choose another location for the run '%s'"
              .formatted(directory, previous.get(), runId),
          null);
    }

    previous.ifPresent(holder -> LOG.info("Taking over {} from {}", directory, holder));
    Holder self = new Holder(runId, ProcessIdentity.current(), UUID.randomUUID().toString());
    WriterClaim claim = new WriterClaim(files, directory, self, previous);
    claim.write();
    return claim;
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
   * @throws CheckpointException if somebody has
   */
  public void requireHeld() throws IOException {
    Optional<Holder> holder = read(files, directory);
    if (holder.isEmpty()) {
      throw new CheckpointException(
          "The run '%s' may no longer write to %s: its claim %s is gone; the folder was removed or emptied"
              .formatted(self.runId(), directory, FILE),
          null);
    }

    if (!holder.get().token().equals(self.token())) {
      throw new CheckpointException(
          "The run '%s' may no longer write to %s: %s has taken over"
              .formatted(self.runId(), directory, holder.get()),
          null);
    }
  }

  /** Removes the claim if it is still this one. HDFS would refuse an interrupted thread. */
  public void release() throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      Optional<Holder> holder = read(files, directory);
      if (holder.isPresent() && holder.get().token().equals(self.token())) {
        files.delete(new Path(directory, FILE), false);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void write() throws IOException {
    byte[] json = toJson(self).getBytes(StandardCharsets.UTF_8);
    Path temporary = new Path(directory, "_tmp-claim-" + self.token());
    Path target = new Path(directory, FILE);
    try {
      HadoopFileIO.writeDurably(files, temporary, out -> out.write(json));
      publish(temporary, target);
    } catch (IOException | CheckpointException e) {
      HadoopFileIO.removeAfter(e, files, temporary);
      throw e;
    }
  }

  private void publish(Path temporary, Path target) throws IOException {
    if (previous.isPresent()) {
      files.rename(temporary, target, Options.Rename.OVERWRITE);
      return;
    }

    try {
      files.rename(temporary, target);
    } catch (FileAlreadyExistsException e) {
      throw new CheckpointException(
          "The checkpoint location %s was claimed by another writer a moment before the run '%s'"
              .formatted(directory, self.runId()),
          e);
    }
  }

  private static Optional<Holder> read(FileContext files, Path directory) throws IOException {
    String json;
    try (InputStream in = files.open(new Path(directory, FILE))) {
      json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }

    try {
      return Optional.of(parse(json));
    } catch (IllegalArgumentException e) {
      LOG.warn("The claim {}/{} is broken and counts as dead: {}", directory, FILE, e.getMessage());
      return Optional.of(new Holder("unknown", ProcessIdentity.unknown(), ""));
    }
  }

  private static String toJson(Holder holder) {
    return Config.builder()
        .put(RUN_ID, holder.runId())
        .put(HOST, holder.process().host())
        .put(PID, holder.process().pid())
        .put(PROCESS_START, holder.process().startMillis())
        .put(TOKEN, holder.token())
        .build()
        .toPrettyJson();
  }

  private static Holder parse(String json) {
    ConfigReader reader = Config.parse(json).reader(FILE);
    return new Holder(
        reader.string(RUN_ID),
        new ProcessIdentity(
            reader.string(HOST), reader.integer(PID), reader.integer(PROCESS_START)),
        reader.string(TOKEN));
  }
}
