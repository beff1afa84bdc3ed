package io.firesteel.models;

import io.firesteel.callbacks.History;
import io.firesteel.internal.gradients.VariableMemory;
import io.firesteel.internal.network.LayerGraph;
import io.firesteel.internal.network.OpenLengths;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.saving.Argument;
import io.firesteel.tensor.Shape;
import io.firesteel.training.BatchOptions;
import io.firesteel.training.DataColumns;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.training.Trainer;
import io.firesteel.training.TrainingData;
import io.firesteel.training.TrainingSummary;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a model is trained and used with: {@code compile}, {@code fit}, {@code predict}. */
abstract class ModelTraining extends ModelLayers {

  private static final int BATCH_SIZE = 32;

  private @Nullable Compiled compiled;
  private @Nullable TrainingSummary lastTraining;
  private DataColumns columns = DataColumns.NONE;

  ModelTraining(String name, @Nullable LayerGraph graph) {
    super(name, graph);
  }

  /**
   * Returns the columns that the model was trained on, which are saved with it; {@link
   * DataColumns#NONE} if it was trained on arrays or not at all.
   */
  public final DataColumns columns() {
    return columns;
  }

  final void setColumns(DataColumns value) {
    columns = value;
  }

  /**
   * Sets what training needs.
   *
   * @param optimizer an optimizer, its name ({@code "adam"}) or its config
   * @param loss a loss, its name or its config; of several outputs also a list or a map by name
   * @param metrics metrics, their names or configs; of several outputs a list for each
   * @throws IllegalArgumentException if one of them is unknown, naming what is allowed
   */
  public final void compile(Object optimizer, Object loss, Object... metrics) {
    compile(CompileOptions.of(optimizer, loss).metrics(List.of(metrics)));
  }

  /**
   * Sets what training needs.
   *
   * @param optimizer an optimizer, its name ({@code "adam"}) or its config
   * @param loss a loss, its name or its config; of several outputs also a list or a map by name
   * @param metrics metrics that sample weights don't count in, their names or configs
   * @param weightedMetrics metrics that sample and class weights count in
   * @throws IllegalArgumentException if one of them is unknown, naming what is allowed
   */
  public final void compile(
      Object optimizer, Object loss, List<?> metrics, List<?> weightedMetrics) {
    compile(CompileOptions.of(optimizer, loss).metrics(metrics).weightedMetrics(weightedMetrics));
  }

  /**
   * Sets what training needs.
   *
   * @throws IllegalArgumentException if a part is unknown or does not fit the outputs
   */
  public final void compile(CompileOptions options) {
    compile(Compiled.of(options));
  }

  final void compile(Compiled value) {
    compiled = value;
    rebuildNetwork();
  }

  /** Tells whether the model is compiled. */
  public final boolean isCompiled() {
    return compiled != null;
  }

  final @Nullable Compiled compiled() {
    return compiled;
  }

  private Compiled requireCompiled() {
    if (compiled == null) {
      throw new IllegalStateException(
          "The model %s must be compiled first: call compile(optimizer, loss, metrics)"
              .formatted(name()));
    }

    return compiled;
  }

  /** Returns the optimizer of {@code compile}. */
  public final Optimizer optimizer() {
    return requireCompiled().optimizer();
  }

  /**
   * Trains the model.
   *
   * @param data the rows, in memory or in Spark
   * @return the loss and the metrics of every epoch
   * @throws IllegalArgumentException if data and model don't fit, before the first step
   * @throws IllegalStateException if the memory of this process does not suffice
   */
  public final History fit(TrainingData data, FitOptions options) {
    Compiled arguments = requireCompiled().beforeTraining();
    compiled = arguments;
    BuiltModel model = builtFor(data);
    model.requireOptimizerFits();
    TrainingData rows = model.requireFits(data.withColumnsOf(columns), "data");
    TrainingData validationData = options.validationData();
    if (validationData != null) {
      model.requireFits(validationData.withColumnsOf(rows.columns()), "validation_data");
    }

    columns = columns.isEmpty() ? rows.columns() : columns;

    if (options.checkpoints() == null) {
      VariableMemory.requireDriver(model.network(), arguments.optimizer());
    } else {
      VariableMemory.requireDriverWithCheckpoints(model.network(), arguments.optimizer());
    }

    try {
      lastTraining = Trainer.fit(model, model.contract(arguments), rows, options);
    } catch (OutOfMemoryError e) {
      throw VariableMemory.exhausted(model.network(), e);
    }

    return lastTraining.history();
  }

  /**
   * Takes one step on rows in memory, all as one batch, without callbacks: the step that {@code
   * fit} takes on a batch of that size, with as many shards as it has where none are set.
   *
   * <p>Differs from Keras: the loss and the metrics are those of this batch alone, not means over
   * all batches since the last reset.
   *
   * @return the loss and the metrics by name, of before the step
   * @throws IllegalArgumentException if data and model don't fit, or there is no row
   */
  public final Map<String, Double> trainOnBatch(LocalData batch) {
    Argument.size("trainOnBatch", "rows", 1, batch.rows());
    compiled = requireCompiled().beforeTraining();
    BuiltModel model = builtFor(batch);
    model.requireOptimizerFits();
    return Trainer.trainOnBatch(model, model.requireFits(batch, "batch"));
  }

  /** Returns the loss and the metrics of rows in memory, all as one batch, by name. */
  public final Map<String, Double> testOnBatch(LocalData batch) {
    return evaluate(batch, (int) Math.max(1, batch.rows()));
  }

  /** Returns the predictions of rows in memory, as {@link #predict(float[][])}: Keras's name. */
  public final float[][] predictOnBatch(float[][] features) {
    return predict(features);
  }

  /** Returns how the last {@code fit} went, or null if there was none. */
  public final @Nullable TrainingSummary lastTraining() {
    return lastTraining;
  }

  /** Returns the loss and the metrics of rows by name, in batches of 32. */
  public final Map<String, Double> evaluate(TrainingData data) {
    return evaluate(data, BATCH_SIZE);
  }

  /**
   * Returns the loss and the metrics of rows by name.
   *
   * @param batchSize the rows of a batch. It counts for losses with the reduction {@code sum} or
   *     {@code mean_with_sample_weight} or with {@code ignore_class} alone: those of the batches
   *     are averaged by rows, as in Keras. Rows of a cluster have no order, so they are put into
   *     batches in an order that depends on their content
   */
  public final Map<String, Double> evaluate(TrainingData data, int batchSize) {
    Argument.size("evaluate", "batch_size", 1, batchSize);
    return evaluate(data, BatchOptions.of(batchSize));
  }

  /**
   * Returns the loss and the metrics of the first batches of rows, with callbacks around them.
   *
   * <p>With callbacks, rows in memory go through the model batch by batch, in their order; rows of
   * a cluster are computed where they lie, and callbacks hear of them as of one batch.
   */
  public final Map<String, Double> evaluate(TrainingData data, BatchOptions options) {
    requireCompiled();
    BuiltModel model = builtFor(data);
    TrainingData rows = model.requireFits(data.withColumnsOf(columns), "data");
    return Trainer.evaluate(model, rows, options);
  }

  /** Builds the model for the shape of the data, if it is not built yet or leaves lengths open. */
  BuiltModel builtFor(TrainingData data) {
    LayerGraph graph = graph();
    if (OpenLengths.isOpen(graph)) {
      bindInputs(OpenLengths.of(graph, data.featureShape(), data.inputWidths()));
    }

    return built();
  }

  /**
   * Returns the predictions of rows in memory, a row each, flattened; those of several outputs one
   * after the other.
   *
   * @param features one array a row, flattened in row-major order; the values of several inputs one
   *     after the other
   */
  public final float[][] predict(float[][] features) {
    if (features.length > 0 && isBuilt() && OpenLengths.isOpen(graph())) {
      bindInputs(OpenLengths.of(graph(), Shape.of(features[0].length), Map.of()));
    }

    return new LocalPredictions(built().network(), snapshot()).predict(features);
  }

  /**
   * Returns the predictions of rows in memory, a row each, flattened; labels and weights have no
   * part in them. It is for models with a sparse input or several inputs.
   *
   * @throws IllegalArgumentException if data and model don't fit
   */
  public final float[][] predict(LocalData data) {
    LocalData rows = (LocalData) builtFor(data).requireFitsFeatures(data, "data");
    return new LocalPredictions(built().network(), snapshot()).predict(rows);
  }

  /**
   * Returns the predictions of the first batches of rows in memory, with callbacks around them.
   *
   * @throws IllegalArgumentException if data and model don't fit
   */
  public final float[][] predict(LocalData data, BatchOptions options) {
    LocalData rows = (LocalData) builtFor(data).requireFitsFeatures(data, "data");
    return Trainer.predict(built(), rows, options);
  }

  /**
   * Returns what predicts one row at a time, without allocating, on any number of threads. It has
   * the weights of this moment; what becomes of the model later does not change it.
   */
  public final Predictor predictor() {
    return new Predictor(built().network(), snapshot());
  }

  /**
   * Returns the predictions of rows in memory, a row each, flattened.
   *
   * @param inputs the values of each input by its name: one array a row, flattened
   * @throws IllegalArgumentException if an input is missing, not known or of another size
   */
  public final float[][] predict(Map<String, float[][]> inputs) {
    int rows = inputs.isEmpty() ? 0 : inputs.values().iterator().next().length;
    return predict(LocalData.of(inputs, new float[rows][1]));
  }

  /** Returns the predictions of {@link #predict(LocalData)} by the name of the output. */
  public final Map<String, float[][]> predictOutputs(LocalData data) {
    return LocalPredictions.byOutput(built().network(), predict(data));
  }
}
