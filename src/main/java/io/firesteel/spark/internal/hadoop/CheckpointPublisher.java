package io.firesteel.spark.internal.hadoop;

import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.CommitStateUnknownException;
import io.firesteel.checkpoint.Manifest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a finished temporary folder into {@code step-<n>}, by a rename that is the commit. */
public final class CheckpointPublisher {

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointPublisher.class);

  private final FileContext files;
  private final Path directory;
  private final HadoopCheckpoints checkpoints;
  private final Set<Path> leftovers = new LinkedHashSet<>();

  public CheckpointPublisher(FileContext files, Path directory, HadoopCheckpoints checkpoints) {
    this.files = files;
    this.directory = directory;
    this.checkpoints = checkpoints;
  }

  /**
   * Publishes a folder whose files are closed and checked.
   *
   * @throws CheckpointException if it was not published; the folder is gone as far as possible
   * @throws CommitStateUnknownException if nobody can know; nothing was removed
   */
  public void publish(Path temporary, Manifest manifest) {
    try {
      files.rename(temporary, checkpoints.folder(manifest.step()));
    } catch (FileAlreadyExistsException e) {
      publishOver(temporary, manifest);
    } catch (IOException e) {
      settle(temporary, manifest, e);
    }
  }

  /** Removes a temporary folder; one that stays is removed before the next commit. */
  public void discard(Path temporary) {
    try {
      files.delete(temporary, true);
      leftovers.remove(temporary);
    } catch (IOException e) {
      leftovers.add(temporary);
      LOG.warn("Could not remove {}: {}", temporary, HadoopCheckpoints.reason(e));
    }
  }

  /** Tries again to remove what could not be removed: it takes up the room that is missing. */
  public void discardLeftovers() {
    List.copyOf(leftovers).forEach(this::discard);
  }

  /** Returns the error for a checkpoint that is not there, and will not be. */
  public CheckpointException notCommitted(long step, Throwable cause) {
    return new CheckpointException(
        "The checkpoint of step %d was not committed to %s: %s"
            .formatted(step, directory, HadoopCheckpoints.reason(cause)),
        cause);
  }

  /** Publishes where there is a folder of that step already. */
  private void publishOver(Path temporary, Manifest manifest) {
    Path target = checkpoints.folder(manifest.step());
    Manifest existing;
    try {
      existing = checkpoints.verify(manifest.step());
    } catch (CheckpointException e) {
      LOG.warn("{} does not verify and is moved aside: {}", target, e.getMessage());
      moveAside(target, temporary, manifest);
      return;
    } catch (IOException e) {
      discard(temporary);
      throw notCommitted(manifest.step(), e);
    }

    discard(temporary);
    if (!existing.isSameModel(manifest)) {
      throw notCommitted(
          manifest.step(),
          new CheckpointException(
              "it is there already with another model, written by the run '%s' (weights_sha256 %s, received %s). Choose another location, or remove it"
                  .formatted(existing.runId(), existing.weightsSha256(), manifest.weightsSha256()),
              null));
    }

    LOG.info("{} is there already with the same model and stays as it is", target);
  }

  private void moveAside(Path target, Path temporary, Manifest manifest) {
    Path aside = new Path(directory, "_invalid-" + target.getName() + "-" + UUID.randomUUID());
    try {
      files.rename(target, aside);
    } catch (IOException e) {
      discard(temporary);
      throw notCommitted(manifest.step(), e);
    }

    try {
      files.rename(temporary, target);
    } catch (IOException e) {
      settle(temporary, manifest, e);
    }
  }

  /**
   * Finds out what became of a rename that failed: the connection may have broken after the server
   * had done it. If the temporary folder is still there and can be removed, the rename was not done
   * and never will be; if nobody can say, that is tried again before the next commit.
   */
  private void settle(Path temporary, Manifest manifest, IOException failure) {
    long step = manifest.step();
    boolean isRemoved;
    try {
      if (isPublished(manifest)) {
        LOG.warn(
            "{} is committed although its rename reported: {}",
            checkpoints.folder(step),
            HadoopCheckpoints.reason(failure));
        return;
      }

      isRemoved = files.delete(temporary, true);
    } catch (IOException | CheckpointException e) {
      HadoopFileIO.addSuppressed(failure, e);
      leftovers.add(temporary);
      throw unknown(step, failure);
    }

    throw isRemoved ? notCommitted(step, failure) : unknown(step, failure);
  }

  private boolean isPublished(Manifest manifest) throws IOException {
    try {
      files.getFileStatus(checkpoints.folder(manifest.step()));
    } catch (FileNotFoundException e) {
      return false;
    }

    return checkpoints.verify(manifest.step()).equals(manifest);
  }

  private CommitStateUnknownException unknown(long step, IOException cause) {
    return new CommitStateUnknownException(
        "Whether the checkpoint of step %d was committed to %s cannot be known: %s. Nothing was removed"
            .formatted(step, directory, HadoopCheckpoints.reason(cause)),
        cause);
  }
}
