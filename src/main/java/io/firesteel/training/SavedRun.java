package io.firesteel.training;

import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.Checkpoints;
import io.firesteel.saving.Config;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an earlier run left where the checkpoints of this one go.
 *
 * @param location where checkpoints go, null for nowhere
 * @param checkpoint the checkpoint to resume from, null to begin
 */
record SavedRun(@Nullable String location, @Nullable Checkpoint checkpoint) {

  private static final Logger LOG = LoggerFactory.getLogger(SavedRun.class);

  /**
   * Reads the latest checkpoint.
   *
   * @throws IllegalArgumentException if there is one and must not be, or the other way round
   */
  static SavedRun find(@Nullable Checkpointing checkpointing) {
    if (checkpointing == null) {
      return new SavedRun(null, null);
    }

    Checkpoints store = checkpointing.location().read();
    return new SavedRun(store.location(), latest(store, checkpointing.resume()));
  }

  private static @Nullable Checkpoint latest(Checkpoints store, Checkpointing.Resume resume) {
    Optional<Checkpoint> latest = store.latest();
    if (resume == Checkpointing.Resume.NEVER && latest.isPresent()) {
      throw new IllegalArgumentException(
          "checkpoint.resume is never, but %s has a checkpoint of step %d. Choose another location, or let the run resume"
              .formatted(store.location(), latest.get().step()));
    }

    if (resume == Checkpointing.Resume.REQUIRED && latest.isEmpty()) {
      throw new IllegalArgumentException(
          "checkpoint.resume is required, but %s has no valid checkpoint"
              .formatted(store.location()));
    }

    return latest.orElse(null);
  }

  /**
   * Checks that the checkpoint, if there is one, belongs to a run.
   *
   * @throws IllegalArgumentException if it does not, field by field
   */
  void requireSame(Config contract) {
    if (checkpoint != null && location != null) {
      CheckpointCodec.requireSame(checkpoint, contract, location);
      LOG.info("Resuming from step {} in {}", checkpoint.step(), location);
    }
  }

  /** Returns the step of the checkpoint, null if there is none. */
  @Nullable Long step() {
    return checkpoint == null ? null : Long.valueOf(checkpoint.step());
  }
}
