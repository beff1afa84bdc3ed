package io.firesteel.training;

import io.firesteel.callbacks.CallbackModel;
import io.firesteel.metrics.Metric;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model as callbacks see it.
 *
 * @param model the model
 * @param stop ends the training, and does nothing where there is none
 */
record ModelView(TrainableModel model, Runnable stop) implements CallbackModel {

  @Override
  public Optimizer optimizer() {
    return model.optimizer();
  }

  @Override
  public List<Variable> variables() {
    return model.variables();
  }

  @Override
  public Map<String, Metric> metrics() {
    return EpochSums.metricsByName(model.network());
  }

  @Override
  public Set<String> losses() {
    return EpochSums.lossNames(model.network());
  }

  @Override
  public void stopTraining() {
    stop.run();
  }

  @Override
  public void save(String path) {
    model.save(path);
  }

  @Override
  public void saveWeights(String path) {
    model.saveWeights(path);
  }

  @Override
  public void export(String path) {
    model.export(path);
  }
}
