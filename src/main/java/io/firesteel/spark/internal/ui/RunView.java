package io.firesteel.spark.internal.ui;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.spark.internal.ui.TrainingEvent.RunStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.scheduler.SparkListenerEvent;
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
    List<StepClock.WorkerTime> workers,
    List<TrainingEvent.Committed> checkpoints,
    List<TrainingEvent.Happened> events,
    List<Integer> jobs,
    long jobCount) {

  /**
   * What stands in the table of runs.
   *
   * @param run its id
   * @param job the name of the job that trains, null if it has none
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
      @Nullable String job,
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

    /** Returns what the run is called: the job, or else the model. */
    String title() {
      return job == null ? model : job;
    }

    boolean isRunning() {
      return status == RunStatus.RUNNING;
    }
  }

  /** Returns a curve, without points if there is none of that name. */
  Series.Points curve(String name) {
    return series.getOrDefault(name, Series.Points.NONE);
  }

  /** The runs of an application. */
  interface RunStore {

    /** Returns what stands in the table of runs, newest first. */
    List<RunView.Head> heads();

    /** Returns a run. */
    Optional<RunView> run(String id);
  }

  /** What is shown, as JSON and back. */
  static final class RunJson {

    private static final ObjectMapper MAPPER =
        new ObjectMapper()
            .addMixIn(SparkListenerEvent.class, WithoutClass.class)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    /** Spark writes events with their class, for which there is no need here. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
    private interface WithoutClass {}

    private RunJson() {}

    static String write(Object value) {
      try {
        return MAPPER.writeValueAsString(value);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("A run can't be written as JSON", e);
      }
    }

    static <T> T read(String json, Class<T> type) {
      try {
        return MAPPER.readValue(json, type);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("A run can't be read from JSON", e);
      }
    }

    /** Returns the tree of a value, what is not finite as text. */
    static JsonNode tree(Object value) {
      return read(write(value), JsonNode.class);
    }
  }
}
