package io.firesteel.callbacks;

import io.firesteel.metrics.Metric;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The model in training, as callbacks see and change it. */
public interface CallbackModel {

  /** Returns the optimizer. */
  Optimizer optimizer();

  /** Returns all variables of the model, trained or not. */
  List<Variable> variables();

  /**
   * Returns the metrics of {@code compile} by the names under which they are logged, in order: of a
   * model of several outputs {@code <output>_<metric>}.
   */
  Map<String, Metric> metrics();

  /**
   * Returns the names under which losses are logged: {@code loss}, and of a model of several
   * outputs {@code <output>_loss} for each.
   */
  Set<String> losses();

  /**
   * Ends training after the current batch: the epoch is closed, and no other one is begun. In an
   * evaluation or a prediction it does nothing, as in Keras.
   */
  void stopTraining();

  /** Writes the model with its optimizer to a {@code .keras} file, replacing one that is there. */
  void save(String path);

  /**
   * Writes the variables, and those of the optimizer, to a {@code .weights.h5} file, replacing one
   * that is there.
   */
  void saveWeights(String path);

  /**
   * Writes what the model predicts to an ONNX file.
   *
   * @throws IllegalArgumentException if ONNX has no counterpart to a layer
   */
  void export(String path);
}
