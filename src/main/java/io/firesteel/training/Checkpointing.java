package io.firesteel.training;

import io.firesteel.checkpoint.CheckpointStore;
import io.firesteel.checkpoint.Checkpoints;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where and when {@code fit} writes checkpoints, and whether it resumes from one.
 *
 * <p>Step 0 is committed before the first step. After that a checkpoint is committed at the end of
 * every epoch ({@link #everyEpochs}), and within epochs after every so many steps if {@link
 * #everySteps} says so.
 */
public final class Checkpointing {

  /** Whether a run resumes. */
  public enum Resume {
    /** Resumes if there is a checkpoint, else starts. */
    AUTO,
    /** Starts, and refuses a directory that has checkpoints. */
    NEVER,
    /** Resumes, and refuses a directory without checkpoints. */
    REQUIRED
  }

  private final Function<String, CheckpointStore> opener;
  private final @Nullable Supplier<Checkpoints> reader;
  private final long everySteps;
  private final int everyEpochs;
  private final Resume resume;

  private Checkpointing(
      Function<String, CheckpointStore> opener,
      @Nullable Supplier<Checkpoints> reader,
      long everySteps,
      int everyEpochs,
      Resume resume) {
    this.opener = opener;
    this.reader = reader;
    this.everySteps = everySteps;
    this.everyEpochs = everyEpochs;
    this.resume = resume;
  }

  /**
   * Returns checkpoints at the end of every epoch, with {@link Resume#AUTO}.
   *
   * @param opener opens the store for a run with that id; {@code fit} closes it
   */
  public static Checkpointing in(Function<String, CheckpointStore> opener) {
    return new Checkpointing(opener, null, 0, 1, Resume.AUTO);
  }

  /**
   * Reads by other means than the store that writes. With it the store is opened only once all else
   * has been checked, so that a run that is refused leaves no trace.
   */
  public Checkpointing readBy(Supplier<Checkpoints> value) {
    return new Checkpointing(opener, value, everySteps, everyEpochs, resume);
  }

  /** Also commits after every so many steps; 0 for never. */
  public Checkpointing everySteps(long steps) {
    if (steps < 0) {
      throw new IllegalArgumentException(
          "checkpoint.every_steps must be 0 (never) or more. Received: " + steps);
    }

    return new Checkpointing(opener, reader, steps, everyEpochs, resume);
  }

  /** Commits at the end of every so many epochs, and of the last one in any case. */
  public Checkpointing everyEpochs(int epochs) {
    if (epochs < 1) {
      throw new IllegalArgumentException(
          "checkpoint.every_epochs must be 1 or more. Received: " + epochs);
    }

    return new Checkpointing(opener, reader, everySteps, epochs, resume);
  }

  /** Sets whether to resume. */
  public Checkpointing resume(Resume value) {
    return new Checkpointing(opener, reader, everySteps, everyEpochs, value);
  }

  CheckpointStore open(String runId) {
    return opener.apply(runId);
  }

  @Nullable Checkpoints reader() {
    return reader == null ? null : reader.get();
  }

  boolean dueAfterStep(long step) {
    return everySteps > 0 && step % everySteps == 0;
  }

  boolean dueAfterEpoch(int epoch) {
    return (epoch + 1) % everyEpochs == 0;
  }

  Resume resume() {
    return resume;
  }
}
