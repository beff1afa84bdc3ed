package io.firesteel.spark.internal.hadoop;

import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.CheckpointFiles;
import io.firesteel.checkpoint.CheckpointSummary;
import io.firesteel.checkpoint.Checkpoints;
import io.firesteel.checkpoint.Manifest;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folders {@code step-<n>} of a directory, as a reader sees them. */
public final class HadoopCheckpoints implements Checkpoints {

  private static final Logger LOG = LoggerFactory.getLogger(HadoopCheckpoints.class);
  private static final Pattern STEP = Pattern.compile("step-(0|[1-9][0-9]{0,17})");

  private final String location;
  private final FileContext files;
  private final Path directory;

  public HadoopCheckpoints(String location, FileContext files, Path directory) {
    this.location = location;
    this.files = files;
    this.directory = directory;
  }

  @Override
  public String location() {
    return location;
  }

  /** Returns the folder of a step. */
  public Path folder(long step) {
    return new Path(directory, "step-" + step);
  }

  /** Returns the step that a folder's name says, or null if it says none. */
  public static @Nullable Long stepOf(String name) {
    Matcher matcher = STEP.matcher(name);
    return matcher.matches() ? Long.valueOf(matcher.group(1)) : null;
  }

  /** Returns what is in the directory, nothing if it is not there. */
  public List<FileStatus> entries() throws IOException {
    List<FileStatus> entries = new ArrayList<>();
    try {
      RemoteIterator<FileStatus> listing = files.listStatus(directory);
      while (listing.hasNext()) {
        entries.add(listing.next());
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }

    return entries;
  }

  /*
   * A writer may prune what was listed a moment ago, but only after it has committed something
   * newer: so it is listed again until there is nothing that was not tried.
   */
  @Override
  public Optional<Checkpoint> latest() {
    Set<Long> tried = new HashSet<>();
    CheckpointException unreadable = null;
    while (true) {
      List<Long> steps = steps();
      steps.removeAll(tried);
      if (steps.isEmpty()) {
        break;
      }

      for (long step : steps) {
        tried.add(step);
        try {
          return Optional.of(CheckpointFiles.read(manifest(step), name -> open(step, name)));
        } catch (CheckpointException e) {
          skip(step, e);
        } catch (IOException e) {
          skip(step, e);
          unreadable = isLost(e) ? unreadable : unreadable(step, e);
        }
      }
    }

    if (unreadable != null) {
      throw unreadable;
    }

    return Optional.empty();
  }

  @Override
  public List<CheckpointSummary> list() {
    List<CheckpointSummary> summaries = new ArrayList<>();
    for (long step : steps()) {
      Manifest manifest = null;
      String problem = null;
      try {
        manifest = manifest(step);
        CheckpointFiles.verify(manifest, name -> open(step, name));
      } catch (CheckpointException | IOException e) {
        problem = reason(e);
      }

      summaries.add(new CheckpointSummary(step, folder(step).toString(), manifest, problem));
    }

    return summaries;
  }

  /**
   * Reads a whole checkpoint and returns its manifest.
   *
   * @throws CheckpointException if it does not verify
   * @throws IOException if it can't be read at the moment
   */
  public Manifest verify(long step) throws IOException {
    try {
      Manifest manifest = manifest(step);
      CheckpointFiles.verify(manifest, name -> open(step, name));
      return manifest;
    } catch (IOException e) {
      if (isLost(e)) {
        throw new CheckpointException(reason(e), e);
      }

      throw e;
    }
  }

  private List<Long> steps() {
    try {
      List<Long> steps = new ArrayList<>();
      for (FileStatus entry : entries()) {
        Long step = stepOf(entry.getPath().getName());
        if (step != null) {
          steps.add(step);
        }
      }

      steps.sort(Comparator.reverseOrder());
      return steps;
    } catch (IOException e) {
      throw new CheckpointException(
          "The checkpoint location %s can't be read: %s".formatted(location, reason(e)), e);
    }
  }

  private Manifest manifest(long step) throws IOException {
    return CheckpointFiles.readManifest(name -> open(step, name), step);
  }

  private InputStream open(long step, String name) throws IOException {
    return files.open(new Path(folder(step), name));
  }

  private void skip(long step, Exception reason) {
    LOG.warn("Skipped the checkpoint {}: {}", folder(step), reason(reason));
  }

  private CheckpointException unreadable(long step, IOException cause) {
    return new CheckpointException(
        "The checkpoint %s can't be read, and there is no other one that verifies: %s"
            .formatted(folder(step), reason(cause)),
        cause);
  }

  /** Tells whether waiting will not bring it back. */
  private static boolean isLost(IOException e) {
    return e instanceof FileNotFoundException
        || e instanceof ChecksumException
        || e instanceof EOFException;
  }

  /** Returns an error in one line that says something. */
  public static String reason(Throwable e) {
    if (e instanceof CheckpointException && e.getMessage() != null) {
      return e.getMessage();
    }

    String text = e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
    return e.getClass().getSimpleName() + (text.isEmpty() ? "" : ": " + text);
  }
}
