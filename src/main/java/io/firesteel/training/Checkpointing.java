package io.firesteel.training;

import io.firesteel.checkpoint.CheckpointLocation;
import io.firesteel.saving.Argument;
import java.time.Duration;

/**
 * Where and when {@code fit} writes checkpoints, and whether it resumes from one.
 *
 * <p>Step 0 is committed before the first step. After that a checkpoint is committed at the end of
 * every epoch ({@link #everyEpochs}), but not more often than {@link #everySeconds} says, and
 * within epochs after every so many steps if {@link #everySteps} says so. Training stops for the
 * copy of the state only; a thread of its own writes it.
 *
 * <p>While the store is away, training goes on: the newest state is kept and tried again, first
 * after a second, then after twice as long each time, up to half a minute. {@link #onFailure} and
 * {@link #giveUpAfter} say how long.
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

  /** What happens when a checkpoint can't be written. */
  public enum OnFailure {
    /** Training goes on, with warnings, and writing is tried again. */
    WARN,
    /** Training ends. */
    FAIL
  }

  private static final double DEFAULT_SECONDS = 10;
  private static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(10);

  private final CheckpointLocation location;
  private final long everySteps;
  private final int everyEpochs;
  private final double everySeconds;
  private final Resume resume;
  private final OnFailure onFailure;
  private final Duration giveUpAfter;

  private Checkpointing(
      CheckpointLocation location,
      long everySteps,
      int everyEpochs,
      double everySeconds,
      Resume resume,
      OnFailure onFailure,
      Duration giveUpAfter) {
    this.location = location;
    this.everySteps = everySteps;
    this.everyEpochs = everyEpochs;
    this.everySeconds = everySeconds;
    this.resume = resume;
    this.onFailure = onFailure;
    this.giveUpAfter = giveUpAfter;
  }

  /**
   * Returns checkpoints at the end of every epoch, with {@link Resume#AUTO}. The location is opened
   * for writing only once all else has been checked, so that a run that is refused leaves no trace.
   */
  public static Checkpointing in(CheckpointLocation location) {
    return new Checkpointing(
        location, 0, 1, DEFAULT_SECONDS, Resume.AUTO, OnFailure.WARN, DEFAULT_PATIENCE);
  }

  /** Also commits after every so many steps; 0 for never. */
  public Checkpointing everySteps(long steps) {
    Argument.integer("checkpoint", "every_steps", 0, steps);
    return new Checkpointing(
        location, steps, everyEpochs, everySeconds, resume, onFailure, giveUpAfter);
  }

  /** Commits at the end of every so many epochs, and of the last one in any case. */
  public Checkpointing everyEpochs(int epochs) {
    Argument.integer("checkpoint", "every_epochs", 1, epochs);
    return new Checkpointing(
        location, everySteps, epochs, everySeconds, resume, onFailure, giveUpAfter);
  }

  /**
   * Commits at the ends of epochs at most once in so many seconds, 10 unless set, and of the last
   * one in any case: short epochs would otherwise wait for the file system. 0 for each epoch that
   * is due.
   */
  public Checkpointing everySeconds(double seconds) {
    Argument.nonNegative("checkpoint", "every_seconds", seconds);
    return new Checkpointing(
        location, everySteps, everyEpochs, seconds, resume, onFailure, giveUpAfter);
  }

  /**
   * Sets what happens when a checkpoint can't be written, {@link OnFailure#WARN} unless set. The
   * first checkpoint of a run must be written in any case, and a run whose folder was taken over by
   * another one ends in any case.
   */
  public Checkpointing onFailure(OnFailure value) {
    return new Checkpointing(
        location, everySteps, everyEpochs, everySeconds, resume, value, giveUpAfter);
  }

  /**
   * Sets after how long without a checkpoint that could be written training ends all the same, 10
   * minutes unless set.
   */
  public Checkpointing giveUpAfter(Duration time) {
    Argument.nonNegative("checkpoint", "give_up_after", time.toMillis() / 1e3);
    return new Checkpointing(
        location, everySteps, everyEpochs, everySeconds, resume, onFailure, time);
  }

  /** Sets whether to resume. */
  public Checkpointing resume(Resume value) {
    return new Checkpointing(
        location, everySteps, everyEpochs, everySeconds, value, onFailure, giveUpAfter);
  }

  CheckpointLocation location() {
    return location;
  }

  boolean dueAfterStep(long step) {
    return everySteps > 0 && step % everySteps == 0;
  }

  boolean dueAfterEpoch(int epoch, double secondsSinceLast) {
    return (epoch + 1) % everyEpochs == 0 && secondsSinceLast >= everySeconds;
  }

  OnFailure onFailure() {
    return onFailure;
  }

  Duration giveUpAfter() {
    return giveUpAfter;
  }

  Resume resume() {
    return resume;
  }
}
