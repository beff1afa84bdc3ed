package io.firesteel.callbacks;

import io.firesteel.metrics.Metric;
import io.firesteel.metrics.Metrics;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.SGD;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model for callbacks, with one weight, that remembers what was done to it. */
final class RecordingModel implements CallbackModel {

  final Variable weight = Variable.of("w", "m/w", Shape.of(1), new float[] {0});
  final List<String> saved = new ArrayList<>();
  final Optimizer optimizer;
  boolean stopped;

  RecordingModel() {
    this(SGD.builder().learningRate(1.0).build());
  }

  RecordingModel(Optimizer optimizer) {
    this.optimizer = optimizer;
  }

  @Override
  public Optimizer optimizer() {
    return optimizer;
  }

  @Override
  public List<Variable> variables() {
    return List.of(weight);
  }

  @Override
  public Map<String, Metric> metrics() {
    Map<String, Metric> metrics = new LinkedHashMap<>();
    metrics.put("sparse_categorical_accuracy", Metrics.get("sparse_categorical_accuracy"));
    metrics.put("mean_absolute_error", Metrics.get("mae"));
    metrics.put("score_auc", Metrics.get("auc"));
    return metrics;
  }

  @Override
  public Set<String> losses() {
    return Set.of("loss", "score_loss");
  }

  @Override
  public void stopTraining() {
    stopped = true;
  }

  @Override
  public void save(String path) {
    saved.add(path);
  }

  @Override
  public void saveWeights(String path) {
    saved.add("weights " + path);
  }

  @Override
  public void export(String path) {
    saved.add(path);
  }

  /** Ends an epoch with a value under a name, and sets the weight to the epoch before. */
  Map<String, Double> endEpoch(Callback callback, int epoch, String name, double value) {
    weight.assign(new float[] {epoch});
    Map<String, Double> logs = new LinkedHashMap<>();
    logs.put(name, value);
    callback.onEpochEnd(epoch, logs);
    return logs;
  }

  /** Gives a callback this model and begins training. */
  <C extends Callback> C begin(C callback) {
    callback.setModel(this);
    callback.onTrainBegin(new TrainingParams(10, 5, 100, 1));
    return callback;
  }
}
