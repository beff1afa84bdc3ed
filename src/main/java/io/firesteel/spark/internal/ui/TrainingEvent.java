package io.firesteel.spark.internal.ui;

import io.firesteel.internal.monitoring.StepClock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a training through Spark's listener bus: to the tab, to listeners of one's own,
 * and to the event log, where Spark writes it as JSON by its components.
 *
 * <p>A run is told of a bounded number of times, about twice a second at first and more seldom the
 * longer it lasts.
 */
public sealed interface TrainingEvent extends SparkListenerEvent {

  /** Returns the id of the run. */
  String run();

  /** Returns when it was, in milliseconds since 1970. */
  long time();

  /**
   * A run started.
   *
   * @param run the id of the run
   * @param time when it was
   * @param job the name of the job that trains, null if it has none
   * @param model the name of the model
   * @param summary the table of its layers
   * @param configuration optimizer, loss, metrics, arguments of fit and data, as JSON
   * @param settings the Spark settings that concern training
   * @param parameters the number of parameters
   * @param epochs the number of epochs
   * @param batches the number of batches of an epoch
   * @param batchSize the rows of a batch
   * @param rows the rows of an epoch
   * @param shards the number of shards
   * @param source the name of the gradient source
   * @param openSeconds the time it took to read and to deal the data
   * @param checkpoints where checkpoints go, null for nowhere
   * @param resumedFromStep the step it resumes from, null if it begins
   */
  record Started(
      String run,
      long time,
      @Nullable String job,
      String model,
      String summary,
      String configuration,
      Map<String, String> settings,
      long parameters,
      int epochs,
      int batches,
      int batchSize,
      long rows,
      int shards,
      String source,
      double openSeconds,
      @Nullable String checkpoints,
      @Nullable Long resumedFromStep)
      implements TrainingEvent {}

  /**
   * Some steps were made.
   *
   * @param run the id of the run
   * @param time when it was
   * @param step the steps completed
   * @param epoch the epoch, from 0
   * @param batch the batches of the epoch completed
   * @param logs the running loss and metrics of the epoch
   * @param learningRate the learning rate
   * @param gradientNorm the norm of all gradients before clipping, NaN if it was not measured
   * @param steps the steps since the report before
   * @param rows the rows trained on since then
   * @param seconds the time since then
   * @param phaseMillis the milliseconds of every phase since then, by its name; those above 0
   * @param workers the times of the workers; empty if they are not reported this time
   */
  record Progressed(
      String run,
      long time,
      long step,
      int epoch,
      int batch,
      Map<String, Double> logs,
      double learningRate,
      double gradientNorm,
      long steps,
      long rows,
      double seconds,
      Map<String, Double> phaseMillis,
      List<StepClock.WorkerTime> workers)
      implements TrainingEvent {}

  /**
   * An epoch ended.
   *
   * @param run the id of the run
   * @param time when it was
   * @param epoch the epoch, from 0
   * @param step the steps completed
   * @param logs the loss and the metrics, with {@code val_} those of the validation
   */
  record EpochEnded(String run, long time, int epoch, long step, Map<String, Double> logs)
      implements TrainingEvent {}

  /**
   * A checkpoint is there.
   *
   * @param run the id of the run
   * @param time when it was
   * @param step its step
   * @param bytes its size, -1 if unknown
   * @param seconds the time it took to write
   * @param location the directory it is in
   */
  record Committed(String run, long time, long step, long bytes, double seconds, String location)
      implements TrainingEvent {}

  /**
   * Something happened that explains what is seen.
   *
   * @param run the id of the run
   * @param time when it was
   * @param kind a word or two
   * @param text what happened
   */
  record Happened(String run, long time, String kind, String text) implements TrainingEvent {}

  /**
   * A run ended.
   *
   * @param run the id of the run
   * @param time when it was
   * @param status how it ended
   * @param failure the first cause of its failure, null if it did not fail
   */
  record Ended(String run, long time, RunStatus status, @Nullable String failure)
      implements TrainingEvent {}

  /** How a run stands. */
  public enum RunStatus {
    /** It trains. */
    RUNNING,
    /** It made all its epochs. */
    FINISHED,
    /** A callback ended it early. */
    STOPPED,
    /** Somebody cancelled it. */
    CANCELLED,
    /** It failed. */
    FAILED,
    /** Its application ended, and it had not. */
    ABANDONED;

    /** Returns the name in small letters. */
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
