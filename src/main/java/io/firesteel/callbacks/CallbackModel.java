package io.firesteel.callbacks;

import io.firesteel.metrics.Metric;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.variables.Variable;
import java.util.List;

/** The model in training, as callbacks see and change it. */
public interface CallbackModel {

  /** Returns the optimizer. */
  Optimizer optimizer();

  /** Returns all variables of the model, trained or not. */
  List<Variable> variables();

  /** Returns the metrics of {@code compile}, in order, without the loss. */
  List<Metric> metrics();

  /** Ends training after the current batch: the epoch is closed, and no other one is begun. */
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
