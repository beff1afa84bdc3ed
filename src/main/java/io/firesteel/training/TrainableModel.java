package io.firesteel.training;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.internal.network.Network;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.variables.Variable;
import java.util.List;

/** What the trainer needs of a compiled and built model. */
public interface TrainableModel {

  /** Returns all variables in the network's order; the trainable ones are those that say so. */
  List<Variable> variables();

  /** Returns the optimizer. */
  Optimizer optimizer();

  /** Returns the network, with its loss and metrics. */
  Network network();

  /** Returns the model as it is now, with copies of all values. */
  KerasArchive archive();

  /**
   * Sets all values of the model and of the optimizer.
   *
   * @throws IllegalArgumentException if the archive is of another model
   */
  void restore(KerasArchive archive);

  /** Returns the table of layers, shapes and numbers of parameters. */
  default String summary() {
    return "";
  }

  /** Writes the model to a {@code .keras} file. */
  void save(String path);

  /** Writes the variables to a {@code .weights.h5} file. */
  void saveWeights(String path);

  /** Writes what the model predicts to an ONNX file. */
  void export(String path);
}
