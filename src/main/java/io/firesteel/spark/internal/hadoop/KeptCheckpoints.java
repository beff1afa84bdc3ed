package io.firesteel.spark.internal.hadoop;

import io.firesteel.checkpoint.CheckpointException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints that a writer knows to be in its directory: which of them are valid, as far as
 * that was looked at, and which may go.
 */
public final class KeptCheckpoints {

  private static final Logger LOG = LoggerFactory.getLogger(KeptCheckpoints.class);

  private final HadoopCheckpoints checkpoints;
  private final FileContext files;
  private final int keep;

  /** The steps that have a folder. */
  private final TreeSet<Long> present = new TreeSet<>();

  /** Whether they verify, as far as it is known. */
  private final Map<Long, Boolean> isValid = new HashMap<>();

  /** Creates it for a directory in which so many valid checkpoints are kept. */
  public KeptCheckpoints(HadoopCheckpoints checkpoints, FileContext files, int keep) {
    this.checkpoints = checkpoints;
    this.files = files;
    this.keep = keep;
  }

  /** Notes that there is a folder of a step. */
  public void found(long step) {
    present.add(step);
  }

  /** Notes that the checkpoint of a step is valid. */
  public void verified(long step) {
    isValid.put(step, true);
  }

  /**
   * Requires that no valid checkpoint is newer: one below it would be removed at once and never be
   * read.
   *
   * @throws CheckpointException if there is one
   */
  public void requireNewest(long step) throws IOException {
    for (long newer : present.tailSet(step, false)) {
      if (isValid(newer)) {
        throw new CheckpointException(
            "there is the newer checkpoint %s. Resume from that, or choose another location"
                .formatted(checkpoints.folder(newer).getName()),
            null);
      }
    }
  }

  /**
   * Removes what is older than the valid checkpoints to keep. Nothing may fail after a commit, so
   * what can't be removed now stays until the next time.
   */
  public void prune() {
    try {
      int kept = 0;
      for (long step : List.copyOf(present.descendingSet())) {
        if (kept == keep) {
          files.delete(checkpoints.folder(step), true);
          present.remove(step);
          isValid.remove(step);
        } else if (isValid(step)) {
          kept++;
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("Could not prune {}: {}", checkpoints.location(), HadoopCheckpoints.reason(e));
    }
  }

  private boolean isValid(long step) throws IOException {
    Boolean known = isValid.get(step);
    if (known != null) {
      return known;
    }

    try {
      checkpoints.verify(step);
      isValid.put(step, true);
      return true;
    } catch (CheckpointException e) {
      LOG.warn("{} does not verify: {}", checkpoints.folder(step), e.getMessage());
      isValid.put(step, false);
      return false;
    }
  }
}
