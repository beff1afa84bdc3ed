package io.firesteel.ml;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.Callbacks;
import io.firesteel.metrics.Metric;
import io.firesteel.models.Model;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import java.util.List;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;

/**
 * How an Estimator trains: the arguments of Keras's {@code compile} and {@code fit} as params.
 * Objects are kept as Keras's JSON, so that copies, grids, saved Estimators and Spark Connect have
 * them; the setters take our objects, too.
 *
 * @param <S> the Estimator
 */
public interface KerasFitParams<S extends KerasFitParams<S>> extends KerasColumnParams<S> {

  /** Returns the params; for the methods here. */
  FitParams fitParams();

  /** Returns the param of the column of sample weights. */
  default Param<String> weightCol() {
    return fitParams().weightCol;
  }

  /** Returns the column of sample weights. */
  default String getWeightCol() {
    return getOrDefault(weightCol());
  }

  /** Sets the column of sample weights. */
  default S setWeightCol(String value) {
    return Stages.with(this, weightCol(), value);
  }

  /** Returns the param of the boolean column that is true for rows to validate on. */
  default Param<String> validationIndicatorCol() {
    return fitParams().validationIndicatorCol;
  }

  /** Returns the boolean column that is true for rows to validate on. */
  default String getValidationIndicatorCol() {
    return getOrDefault(validationIndicatorCol());
  }

  /** Sets the boolean column that is true for rows to validate on. */
  default S setValidationIndicatorCol(String value) {
    return Stages.with(this, validationIndicatorCol(), value);
  }

  /** Returns the param of the optimizer, a name or Keras's JSON. */
  default Param<String> optimizer() {
    return fitParams().optimizer;
  }

  /** Returns the optimizer, a name or Keras's JSON. */
  default String getOptimizer() {
    return getOrDefault(optimizer());
  }

  /** Sets the optimizer, a name or Keras's JSON. */
  default S setOptimizer(String value) {
    return Stages.with(this, optimizer(), value);
  }

  /** Returns the param of the learning rate that replaces the optimizer's own. */
  default DoubleParam learningRate() {
    return fitParams().learningRate;
  }

  /** Returns the learning rate that replaces the optimizer's own. */
  default double getLearningRate() {
    return (Double) getOrDefault(learningRate());
  }

  /** Sets the learning rate that replaces the optimizer's own. */
  default S setLearningRate(double value) {
    return Stages.with(this, learningRate(), value);
  }

  /** Returns the param of the metrics, a name or a JSON list of names and Keras's JSON. */
  default Param<String> metrics() {
    return fitParams().metrics;
  }

  /** Returns the metrics, a name or a JSON list of names and Keras's JSON. */
  default String getMetrics() {
    return getOrDefault(metrics());
  }

  /** Sets the metrics, a name or a JSON list of names and Keras's JSON. */
  default S setMetrics(String value) {
    return Stages.with(this, metrics(), value);
  }

  /** Returns the param of the metrics that sample weights count in, a name or a JSON list. */
  default Param<String> weightedMetrics() {
    return fitParams().weightedMetrics;
  }

  /** Returns the metrics that sample weights count in, a name or a JSON list. */
  default String getWeightedMetrics() {
    return getOrDefault(weightedMetrics());
  }

  /** Sets the metrics that sample weights count in, a name or a JSON list. */
  default S setWeightedMetrics(String value) {
    return Stages.with(this, weightedMetrics(), value);
  }

  /** Returns the param of the number of epochs, 1 unless set. */
  default IntParam epochs() {
    return fitParams().epochs;
  }

  /** Returns the number of epochs, 1 unless set. */
  default int getEpochs() {
    return (Integer) getOrDefault(epochs());
  }

  /** Sets the number of epochs, 1 unless set. */
  default S setEpochs(int value) {
    return Stages.with(this, epochs(), value);
  }

  /** Returns the param of the rows of a step, 32 unless set. */
  default IntParam batchSize() {
    return fitParams().batchSize;
  }

  /** Returns the rows of a step, 32 unless set. */
  default int getBatchSize() {
    return (Integer) getOrDefault(batchSize());
  }

  /** Sets the rows of a step, 32 unless set. */
  default S setBatchSize(int value) {
    return Stages.with(this, batchSize(), value);
  }

  /** Returns the param of the number of shards. */
  default IntParam shards() {
    return fitParams().shards;
  }

  /** Returns the number of shards. */
  default int getShards() {
    return (Integer) getOrDefault(shards());
  }

  /** Sets the number of shards. */
  default S setShards(int value) {
    return Stages.with(this, shards(), value);
  }

  /**
   * Returns the param of the seed of start values, of the rows' order and of dropout, 0 unless set.
   */
  default LongParam seed() {
    return fitParams().seed;
  }

  /** Returns the seed of start values, of the rows' order and of dropout, 0 unless set. */
  default long getSeed() {
    return (Long) getOrDefault(seed());
  }

  /** Sets the seed of start values, of the rows' order and of dropout, 0 unless set. */
  default S setSeed(long value) {
    return Stages.with(this, seed(), value);
  }

  /** Returns the param of the share of the rows that is validated on, 0 unless set. */
  default DoubleParam validationSplit() {
    return fitParams().validationSplit;
  }

  /** Returns the share of the rows that is validated on, 0 unless set. */
  default double getValidationSplit() {
    return (Double) getOrDefault(validationSplit());
  }

  /** Sets the share of the rows that is validated on, 0 unless set. */
  default S setValidationSplit(double value) {
    return Stages.with(this, validationSplit(), value);
  }

  /** Returns the param of the callbacks, a JSON list of names and Keras's JSON. */
  default Param<String> callbacks() {
    return fitParams().callbacks;
  }

  /** Returns the callbacks, a JSON list of names and Keras's JSON. */
  default String getCallbacks() {
    return getOrDefault(callbacks());
  }

  /** Sets the callbacks, a JSON list of names and Keras's JSON. */
  default S setCallbacks(String value) {
    return Stages.with(this, callbacks(), value);
  }

  /**
   * Returns the param of the folder of checkpoints on any Hadoop file system; a fit that finds some
   * of the same training goes on from the last one.
   */
  default Param<String> checkpointDir() {
    return fitParams().checkpointDir;
  }

  /**
   * Returns the folder of checkpoints on any Hadoop file system; a fit that finds some of the same
   * training goes on from the last one.
   */
  default String getCheckpointDir() {
    return getOrDefault(checkpointDir());
  }

  /**
   * Sets the folder of checkpoints on any Hadoop file system; a fit that finds some of the same
   * training goes on from the last one.
   */
  default S setCheckpointDir(String value) {
    return Stages.with(this, checkpointDir(), value);
  }

  /** Returns the param of the steps between two checkpoints within an epoch, 0 for none. */
  default IntParam checkpointSteps() {
    return fitParams().checkpointSteps;
  }

  /** Returns the steps between two checkpoints within an epoch, 0 for none. */
  default int getCheckpointSteps() {
    return (Integer) getOrDefault(checkpointSteps());
  }

  /** Sets the steps between two checkpoints within an epoch, 0 for none. */
  default S setCheckpointSteps(int value) {
    return Stages.with(this, checkpointSteps(), value);
  }

  /**
   * Returns the param of the model that training starts from: a {@code .keras} file or the folder
   * of a saved model.
   */
  default Param<String> initialModel() {
    return fitParams().initialModel;
  }

  /**
   * Returns the model that training starts from: a {@code .keras} file or the folder of a saved
   * model.
   */
  default String getInitialModel() {
    return getOrDefault(initialModel());
  }

  /**
   * Sets the model that training starts from: a {@code .keras} file or the folder of a saved model.
   */
  default S setInitialModel(String value) {
    return Stages.with(this, initialModel(), value);
  }

  /**
   * Returns the param of what is shown, as Keras's verbose: 0 nothing, 1 a bar, 2 a line an epoch.
   */
  default IntParam verbose() {
    return fitParams().verbose;
  }

  /** Returns what is shown, as Keras's verbose: 0 nothing, 1 a bar, 2 a line an epoch. */
  default int getVerbose() {
    return (Integer) getOrDefault(verbose());
  }

  /** Sets what is shown, as Keras's verbose: 0 nothing, 1 a bar, 2 a line an epoch. */
  default S setVerbose(int value) {
    return Stages.with(this, verbose(), value);
  }

  /** Sets the optimizer to start from, by its config. */
  default S setOptimizer(Optimizer value) {
    return setOptimizer(Optimizers.serialize(value).toJson());
  }

  /** Sets the metrics: names, configs or {@link Metric}s. */
  default S setMetrics(List<?> values) {
    return setMetrics(Identifiers.metricsToJson(values));
  }

  /** Sets the metrics that sample weights count in: names, configs or {@link Metric}s. */
  default S setWeightedMetrics(List<?> values) {
    return setWeightedMetrics(Identifiers.metricsToJson(values));
  }

  /**
   * Sets the callbacks, by their configs; each fit makes its own.
   *
   * @throws IllegalArgumentException if one has no config
   */
  default S setCallbacks(List<? extends Callback> values) {
    return setCallbacks(Identifiers.toJson(values.stream().map(Callbacks::serialize).toList()));
  }

  /**
   * Sets callbacks that only look on. They are objects and no param: copies have them, a saved
   * Estimator doesn't.
   */
  @SuppressWarnings("unchecked") // S is this Estimator.
  default S setObservers(List<? extends Callback> values) {
    fitParams().observers = List.copyOf(values);
    return (S) this;
  }

  /**
   * Sets the model whose weights training starts from. It is an object and no param: copies have
   * it; to save the Estimator, save the model and set its path.
   */
  @SuppressWarnings("unchecked") // S is this Estimator.
  default S setInitialModel(Model model) {
    fitParams().initialObject = model;
    return (S) this;
  }
}
