package io.firesteel.spark.internal.hadoop;

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
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file {@code _claim.json} of a directory: who writes there. */
final class ClaimFile {

  static final String NAME = "_claim.json";

  private static final Logger LOG = LoggerFactory.getLogger(WriterClaim.class);
  private static final String RUN_ID = "run_id";
  private static final String HOST = "host";
  private static final String PID = "pid";
  private static final String PROCESS_START = "process_start";
  private static final String TOKEN = "token";

  private final FileContext files;
  private final Path directory;
  private final Path file;

  /**
   * Who writes.
   *
   * @param runId the run
   * @param process its process
   * @param token what tells this opening of the directory from every other one
   */
  record Holder(String runId, ProcessIdentity process, String token) {

    /** Tells whether nothing is known of it: its claim was broken. */
    boolean isUnknown() {
      return token.isEmpty();
    }

    @Override
    public String toString() {
      return "the run '%s' (%s)".formatted(runId, process);
    }
  }

  ClaimFile(FileContext files, Path directory) {
    this.files = files;
    this.directory = directory;
    this.file = new Path(directory, NAME);
  }

  Path directory() {
    return directory;
  }

  Optional<Holder> read() throws IOException {
    return read(file);
  }

  private Optional<Holder> read(Path path) throws IOException {
    String json;
    try (InputStream in = files.open(path)) {
      json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }

    try {
      return Optional.of(parse(json));
    } catch (IllegalArgumentException e) {
      LOG.warn("The claim {} is broken and counts as dead: {}", path, e.getMessage());
      return Optional.of(new Holder("unknown", ProcessIdentity.unknown(), ""));
    }
  }

  /** Returns when it was written or renewed, in milliseconds since 1970; 0 if it is not there. */
  long renewedMillis() throws IOException {
    try {
      return files.getFileStatus(file).getModificationTime();
    } catch (FileNotFoundException e) {
      return 0;
    }
  }

  /** Notes the time; whoever waits for the holder's end sees it. */
  void renew() throws IOException {
    files.setTimes(file, System.currentTimeMillis(), -1);
  }

  void delete() throws IOException {
    files.delete(file, false);
  }

  /**
   * Creates it where there is none: of several that try, one succeeds.
   *
   * @return whether it is there; else somebody else was faster
   */
  boolean create(Holder holder) throws IOException {
    byte[] json = toJson(holder).getBytes(StandardCharsets.UTF_8);
    Path temporary = new Path(directory, "_tmp-claim-" + holder.token());
    try {
      HadoopFileIO.writeDurably(files, temporary, out -> out.write(json));
      return publish(temporary);
    } catch (IOException e) {
      HadoopFileIO.removeAfter(e, files, temporary);
      throw e;
    }
  }

  private boolean publish(Path temporary) throws IOException {
    try {
      files.rename(temporary, file);
      return true;
    } catch (FileAlreadyExistsException e) {
      HadoopFileIO.removeAfter(e, files, temporary);
      return false;
    }
  }

  /**
   * Takes away the claim of a holder that is gone: of several that try, one succeeds.
   *
   * @return whether it is away; else somebody else was faster
   */
  boolean remove(Holder gone) throws IOException {
    Path aside = new Path(directory, "_tmp-claim-gone-" + UUID.randomUUID());
    try {
      files.rename(file, aside);
    } catch (FileNotFoundException e) {
      return false;
    }

    String token = read(aside).map(Holder::token).orElse("");
    if (token.equals(gone.token())) {
      files.delete(aside, false);
      return true;
    }

    files.rename(aside, file);
    return false;
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
    ConfigReader reader = Config.parse(json).reader(NAME);
    return new Holder(
        reader.string(RUN_ID),
        new ProcessIdentity(
            reader.string(HOST), reader.integer(PID), reader.integer(PROCESS_START)),
        reader.string(TOKEN));
  }
}
