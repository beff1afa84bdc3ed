package io.firesteel.ml;

import io.firesteel.callbacks.Callback;
import io.firesteel.models.Model;
import java.util.List;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.jspecify.annotations.Nullable;

/** The params of training, and the objects that can't be params. */
final class FitParams {

  final Param<String> weightCol;
  final Param<String> validationIndicatorCol;
  final Param<String> optimizer;
  final DoubleParam learningRate;
  final Param<String> metrics;
  final Param<String> weightedMetrics;
  final IntParam epochs;
  final IntParam batchSize;
  final IntParam shards;
  final LongParam seed;
  final DoubleParam validationSplit;
  final Param<String> callbacks;
  final Param<String> checkpointDir;
  final IntParam checkpointSteps;
  final Param<String> initialModel;
  final IntParam verbose;

  @Nullable Model initialObject;
  List<Callback> observers = List.of();

  FitParams(Params owner) {
    Definitions define = new Definitions(owner);
    weightCol = define.text("weightCol", "column of sample weights, 0 or more; none unless set");
    validationIndicatorCol =
        define.text(
            "validationIndicatorCol", "boolean column: true for rows that are validated on");
    optimizer = define.text("optimizer", "optimizer: a name or Keras's JSON");
    learningRate = define.positive("learningRate", "learning rate, instead of the optimizer's own");
    metrics = define.text("metrics", "metrics: a name or a JSON list of names and Keras's JSON");
    weightedMetrics = define.text("weightedMetrics", "metrics that sample weights count in");
    epochs = define.integer("epochs", "number of passes over the rows", 1);
    batchSize = define.integer("batchSize", "rows of a step", 1);
    shards = define.integer("shards", "number of shards; it is part of the result", 1);
    seed = define.whole("seed", "seed of start values, order of rows and dropout");
    validationSplit =
        define.share("validationSplit", "share of the rows that is validated on", false);
    callbacks = define.text("callbacks", "callbacks: a JSON list of names and Keras's JSON");
    checkpointDir = define.text("checkpointDir", "folder of checkpoints, from which fit resumes");
    checkpointSteps =
        define.integer("checkpointSteps", "steps between checkpoints within an epoch", 0);
    initialModel =
        define.text(
            "initialModel", "where training starts: a .keras file or the folder of a saved model");
    verbose = define.integer("verbose", "0 silent, 1 a bar, 2 a line an epoch", 0, 2);
    setDefaults(owner);
  }

  private void setDefaults(Params owner) {
    owner.setDefault(epochs, 1);
    owner.setDefault(batchSize, 32);
    owner.setDefault(seed, 0L);
    owner.setDefault(validationSplit, 0.0);
    owner.setDefault(checkpointSteps, 0);
  }

  /** Takes what a copy of an Estimator has besides params. */
  void takeObjects(FitParams from) {
    initialObject = from.initialObject;
    observers = from.observers;
  }

  /**
   * Checks that all is a param.
   *
   * @throws IllegalStateException if a model was given as an object
   */
  void requireWritable() {
    if (initialObject != null) {
      throw new IllegalStateException(
          "initialModel: an Estimator with a model as an object can't be saved. Save the model and"
              + " set its path");
    }
  }
}
