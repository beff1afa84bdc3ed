package io.firesteel.internal.monitoring;

import io.firesteel.saving.Config;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Follows a training, in order to show it. It can't interfere: what it throws is logged once, after
 * which it hears nothing more.
 *
 * <p>It is told a bounded number of times: of some steps, and not of all epochs if they are short.
 * The methods return at once. They are called on the trainer's thread, {@link #committed} and
 * {@link #happened} on any thread.
 */
public interface TrainingMonitor extends AutoCloseable {

  /** A monitor that does nothing. */
  TrainingMonitor NONE = new TrainingMonitor() {};

  /** Called before the first step, also if it is never reached. */
  default void started(Start start) {}

  /** Called after some of the steps. */
  default void progressed(Progress progress) {}

  /**
   * Called after an epoch and its validation.
   *
   * @param epoch the epoch, from 0
   * @param step the steps completed
   * @param logs the loss and the metrics, with {@code val_} those of the validation
   */
  default void epochEnded(int epoch, long step, Map<String, Double> logs) {}

  /**
   * Called when a checkpoint is there.
   *
   * @param step its step
   * @param bytes its size, -1 if unknown
   * @param seconds the time it took to write
   * @param location the directory it is in
   */
  default void committed(long step, long bytes, double seconds, String location) {}

  /**
   * Called when something happened that explains what is seen: an executor was lost, tasks left.
   *
   * @param kind a word or two
   * @param text what happened
   */
  default void happened(String kind, String text) {}

  /**
   * Called once in the end.
   *
   * @param stopped whether a callback ended training early
   * @param failure why it failed, null if it did not
   */
  default void ended(boolean stopped, @Nullable Throwable failure) {}

  @Override
  default void close() {}

  /**
   * How far a training is, and what happened since the report before.
   *
   * @param step the steps completed
   * @param epoch the epoch, from 0
   * @param batch the batches of the epoch completed
   * @param logs the running loss and metrics of the epoch
   * @param learningRate the learning rate, NaN if there is not one for all
   * @param gradientNorm the norm of all gradients before clipping, NaN if it was not measured
   * @param steps the steps since the report before
   * @param rows the rows trained on since then
   * @param seconds the time since then
   * @param phaseNanos the nanoseconds of every {@link Phase} since then, by its ordinal
   * @param workers the times of the workers; empty if they are not reported this time
   */
  record Progress(
      long step,
      int epoch,
      int batch,
      Map<String, Double> logs,
      double learningRate,
      double gradientNorm,
      long steps,
      long rows,
      double seconds,
      long[] phaseNanos,
      List<StepClock.WorkerTime> workers) {}

  /**
   * What is known of a training when it starts.
   *
   * @param model the name of the model
   * @param summary the table of its layers
   * @param contract what must be the same in a resumed run: model, optimizer, loss, metrics, fit,
   *     data
   * @param parameters the number of parameters
   * @param epochs the number of epochs
   * @param batches the number of batches of an epoch
   * @param batchSize the rows of a batch
   * @param rows the rows of an epoch
   * @param shards the number of shards
   * @param source the name of the gradient source
   * @param openSeconds the time it took to read and to deal the data
   * @param checkpoints where checkpoints go, null for nowhere
   * @param resumedFromStep the step of the checkpoint it resumes from, null if it begins
   */
  record Start(
      String model,
      String summary,
      Config contract,
      long parameters,
      int epochs,
      int batches,
      int batchSize,
      long rows,
      int shards,
      String source,
      double openSeconds,
      @Nullable String checkpoints,
      @Nullable Long resumedFromStep) {}
}
