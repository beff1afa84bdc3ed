package io.firesteel.training;


import io.firesteel.checkpoint.CheckpointLocation;
import io.firesteel.saving.Argument;

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

  private final CheckpointLocation location;
  private final long everySteps;
  private final int everyEpochs;
  private final Resume resume;

  private Checkpointing(
      CheckpointLocation location, long everySteps, int everyEpochs, Resume resume) {
    this.location = location;
    this.everySteps = everySteps;
    this.everyEpochs = everyEpochs;
    this.resume = resume;
  }

  /**
   * Returns checkpoints at the end of every epoch, with {@link Resume#AUTO}. The location is opened
   * for writing only once all else has been checked, so that a run that is refused leaves no trace.
   */
  public static Checkpointing in(CheckpointLocation location) {
    return new Checkpointing(location, 0, 1, Resume.AUTO);
  }

  /** Also commits after every so many steps; 0 for never. */
  public Checkpointing everySteps(long steps) {
    Argument.integer("checkpoint", "every_steps", 0, steps);
    return new Checkpointing(location, steps, everyEpochs, resume);
  }

  /** Commits at the end of every so many epochs, and of the last one in any case. */
  public Checkpointing everyEpochs(int epochs) {
    Argument.integer("checkpoint", "every_epochs", 1, epochs);
    return new Checkpointing(location, everySteps, epochs, resume);
  }

  /** Sets whether to resume. */
  public Checkpointing resume(Resume value) {
    return new Checkpointing(location, everySteps, everyEpochs, value);
  }

  CheckpointLocation location() {
    return location;
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
