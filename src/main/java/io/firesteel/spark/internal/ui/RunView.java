package io.firesteel.spark.internal.ui;

import io.firesteel.internal.monitoring.WorkerTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is shown of a run. Its components are the keys of the JSON endpoint; numbers that
 * are not finite stand there as texts.
 *
 * @param head what stands in the table of runs
 * @param start what was known when it started
 * @param batch the batches of the epoch completed
 * @param logs the last loss and metrics, with {@code val_} those of the last validation
 * @param learningRate the last learning rate
 * @param gradientNorm the last norm of the gradients that was measured
 * @param series the curves over the steps: of {@code logs}, {@code learning_rate}, {@code
 *     gradient_norm}, {@code samples_per_second}, and of every phase in milliseconds a step
 * @param phaseMillis the milliseconds of every phase so far
 * @param workers the times of the workers
 * @param checkpoints the last checkpoints, newest first
 * @param events what happened last, newest first
 * @param jobs the last Spark jobs of the run, newest first
 * @param jobCount how many jobs it had
 */
record RunView(
    Head head,
    TrainingEvent.Started start,
    int batch,
    Map<String, Double> logs,
    double learningRate,
    double gradientNorm,
    Map<String, Series.Points> series,
    Map<String, Double> phaseMillis,
    List<WorkerTime> workers,
    List<TrainingEvent.Committed> checkpoints,
    List<TrainingEvent.Happened> events,
    List<Integer> jobs,
    long jobCount) {

  /**
   * What stands in the table of runs.
   *
   * @param run its id
   * @param model the name of the model
   * @param status how it stands
   * @param failure the first cause of its failure, null if there is none
   * @param started when it started
   * @param updated when it was heard of last; the end, if it has ended
   * @param step the steps completed
   * @param steps the steps of all epochs
   * @param epoch the epoch, from 1
   * @param epochs the number of epochs
   * @param loss the last loss
   * @param samplesPerSecond the rows trained on in a second, lately
   */
  record Head(
      String run,
      String model,
      RunStatus status,
      @Nullable String failure,
      long started,
      long updated,
      long step,
      long steps,
      int epoch,
      int epochs,
      double loss,
      double samplesPerSecond) {

    boolean isRunning() {
      return status == RunStatus.RUNNING;
    }
  }

  /** Returns a curve, without points if there is none of that name. */
  Series.Points curve(String name) {
    return series.getOrDefault(name, Series.Points.NONE);
  }
}
