package io.firesteel.ml;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.training.TrainingSummary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the training of a model went. It is saved with the model. */
public final class KerasTrainingSummary
    implements org.apache.spark.ml.classification.TrainingSummary, SparkMl.Summary {

  private static final double[] NONE = {};

  private final Map<String, List<Double>> history;
  private final long steps;
  private final double seconds;
  private final double samplesPerSecond;

  private KerasTrainingSummary(
      Map<String, List<Double>> history, long steps, double seconds, double samplesPerSecond) {
    this.history = history;
    this.steps = steps;
    this.seconds = seconds;
    this.samplesPerSecond = samplesPerSecond;
  }

  static KerasTrainingSummary of(TrainingSummary training) {
    return new KerasTrainingSummary(
        training.history().history(),
        training.steps(),
        training.seconds(),
        training.samplesPerSecond());
  }

  /** Returns the loss and the metrics of every epoch, as Keras's {@code History.history}. */
  public Map<String, List<Double>> history() {
    return history;
  }

  /** Returns the values of a name, {@code "val_accuracy"} say; none if it was not logged. */
  public double[] history(String name) {
    List<Double> values = history.get(name);
    return values == null ? NONE : values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Returns the loss of every epoch. */
  @Override
  public double[] objectiveHistory() {
    return history("loss");
  }

  /** Returns the loss on the rows of validation of every epoch; none without validation. */
  public double[] validationHistory() {
    return history("val_loss");
  }

  /** Returns the number of epochs. */
  @Override
  public int totalIterations() {
    return objectiveHistory().length;
  }

  /** Returns the number of optimizer steps, over all runs of a resumed training. */
  public long steps() {
    return steps;
  }

  /** Returns the seconds of training, over all runs of a resumed training. */
  public double seconds() {
    return seconds;
  }

  /** Returns the rows trained on per second, 0 where all was resumed. */
  public double samplesPerSecond() {
    return samplesPerSecond;
  }

  /** Returns the history as JSON, for languages that don't share our collections. */
  public String historyJson() {
    return Config.of(history).toJson();
  }

  Config toConfig() {
    return Config.builder()
        .put("history", Config.of(history))
        .put("steps", steps)
        .put("seconds", seconds)
        .put("samples_per_second", samplesPerSecond)
        .build();
  }

  static KerasTrainingSummary of(Config config) {
    ConfigReader reader = config.reader("summary");
    Config saved = reader.config("history");
    Map<String, List<Double>> history = new LinkedHashMap<>();
    for (String name : saved.keys()) {
      history.put(name, saved.reader("history").numbers(name));
    }

    return new KerasTrainingSummary(
        history,
        reader.integer("steps"),
        reader.number("seconds"),
        reader.number("samples_per_second"));
  }

  @Override
  public String toString() {
    return "KerasTrainingSummary(epochs=%d, steps=%d, seconds=%.3f)"
        .formatted(totalIterations(), steps, seconds);
  }
}
