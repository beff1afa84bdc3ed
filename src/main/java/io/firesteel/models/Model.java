package io.firesteel.models;

import io.firesteel.callbacks.History;
import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.internal.gradients.VariableMemory;
import io.firesteel.internal.network.LayerGraph;
import io.firesteel.internal.network.NestedModel;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Layer;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.training.DataColumns;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.training.Trainer;
import io.firesteel.training.TrainingData;
import io.firesteel.training.TrainingSummary;
import io.firesteel.variables.Variable;
import io.firesteel.variables.VariableSnapshot;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Layers that are called on each other, from inputs to outputs, in any graph without cycles:
 * Keras's functional {@code Model}. {@link Sequential} is the one whose layers form a chain.
 *
 * <pre>{@code
 * KerasTensor user = Input.of(1).name("user").output();
 * KerasTensor pixels = Input.of(784).name("pixels").output();
 * KerasTensor ids = Flatten.of().call(Embedding.of(1000, 8).call(user));
 * KerasTensor both = Concatenate.of().call(ids, Dense.of(64).activation("relu").call(pixels));
 * Model model = new Model(List.of(user, pixels), List.of(Dense.of(1).call(both)));
 * }</pre>
 *
 * <p>A layer that is called several times has the same weights each time. A model can be called
 * like a layer, {@link #call}, and then shares its weights with the new model.
 *
 * <p>A model belongs to one thread. All that users do with a model is here, and little else: other
 * classes do the work.
 *
 * <p>Differs from Keras: layers without a name are numbered within the model, not within the
 * process, so the same program makes the same names each time; start values come from {@link
 * #seed}, 0 unless set; all inputs have a part in an output.
 */
public class Model {

  private static final int BATCH_SIZE = 32;

  private static final Logger LOG = LoggerFactory.getLogger(Model.class);

  private final String name;
  private @Nullable LayerGraph graph;
  private boolean trainable = true;
  private long seed;
  private @Nullable Compiled compiled;
  private @Nullable BuiltModel built;
  private @Nullable NestedModel nested;
  private @Nullable TrainingSummary lastTraining;
  private boolean toldOfLayers;
  private DataColumns columns = DataColumns.NONE;

  /**
   * Creates a model named {@code functional}.
   *
   * @throws IllegalArgumentException if the output does not depend on the input alone
   */
  public Model(KerasTensor input, KerasTensor output) {
    this("functional", List.of(input), List.of(output));
  }

  /** Creates a model of several inputs and outputs, named {@code functional}. */
  public Model(List<KerasTensor> inputs, List<KerasTensor> outputs) {
    this("functional", inputs, outputs);
  }

  /**
   * Creates a model.
   *
   * @throws IllegalArgumentException if an output depends on other inputs than these, an input has
   *     no part in an output, or two layers have the same name
   */
  public Model(String name, List<KerasTensor> inputs, List<KerasTensor> outputs) {
    this(LayerGraph.of(name, inputs, outputs));
  }

  Model(LayerGraph graph) {
    this.name = graph.name();
    this.graph = graph;
  }

  /** Creates a model whose graph is not known yet. */
  Model(String name) {
    this.name = name;
  }

  /**
   * Opens a model from a {@code .keras} file, of Firesteel's or of Keras's making, with its
   * weights, and with its optimizer and the optimizer's state if it was compiled.
   *
   * @param path a path on any file system that is at hand
   */
  public static Model load(String path) throws IOException {
    return load(path, true);
  }

  /**
   * Opens a model from a {@code .keras} file with its weights.
   *
   * @param path a path on any file system that is at hand
   * @param compile whether to compile it as it was. Without, its optimizer, loss and metrics are
   *     not looked at, so that they may be unknown here; predict with it, or compile it anew
   */
  public static Model load(String path, boolean compile) throws IOException {
    return of(KerasArchive.load(path), compile);
  }

  /** Returns the model of an archive, as {@link #load(String)} does. */
  public static Model of(KerasArchive archive) {
    return of(archive, true);
  }

  /** Returns the model of an archive, as {@link #load(String, boolean)} does. */
  public static Model of(KerasArchive archive, boolean compile) {
    return ModelArchive.toModel(archive, compile);
  }

  /** Rebuilds a model, without weights, from the JSON of {@link #toJson} or of Keras. */
  public static Model fromJson(String json) {
    return fromJson(json, 0);
  }

  /** Rebuilds a model as {@link #fromJson(String)} does, with start values of a seed. */
  public static Model fromJson(String json, long seed) {
    return ModelConfig.fromConfig(Config.parse(json), seed);
  }

  /**
   * Returns the columns that the model was trained on, which are saved with it; {@link
   * DataColumns#NONE} if it was trained on arrays or not at all.
   */
  public final DataColumns columns() {
    return columns;
  }

  /** Returns the columns of the model in an archive, {@link DataColumns#NONE} if it has none. */
  public static DataColumns columnsOf(KerasArchive archive) {
    return ModelConfig.columns(archive.config());
  }

  /** Sets the columns that the model is for; {@code fit} does it for a model that has none. */
  public Model columns(DataColumns value) {
    this.columns = value;
    return this;
  }

  /** Returns the architecture as Keras's JSON. */
  public String toJson() {
    return ModelConfig.of(this).toJson();
  }

  /**
   * Writes the model with its weights and its optimizer's state to a {@code .keras} file. Keras
   * opens it unless there are layers that it does not have; these are named in a warning.
   */
  public void save(String path) throws IOException {
    KerasArchive archive = ModelArchive.of(this);
    archive.save(path);
    List<String> others = archive.layersNotOfKeras();
    if (!others.isEmpty() && !toldOfLayers) {
      toldOfLayers = true;
      LOG.warn(
          "Keras does not open {} without classes registered for layers that it does not have: {}."
              + " Firesteel opens it",
          path,
          String.join(", ", others));
    }
  }

  /**
   * Returns the SHA-256 over all variables of the model and of its optimizer; {@link
   * KerasArchive#weightsSha256} says how.
   */
  public String weightsSha256() {
    return ModelArchive.of(this).weightsSha256();
  }

  /** Returns the name. */
  public final String name() {
    return name;
  }

  /** Sets the seed of the start values; before the model is built. */
  public Model seed(long value) {
    if (built != null) {
      throw new IllegalStateException(
          "The seed of a model must be set before it is built. Received: " + value);
    }

    this.seed = value;
    return this;
  }

  /** Returns the seed of the start values. */
  public final long seed() {
    return seed;
  }

  /** Returns the layers, the input layers among them, in Keras's order. */
  public List<Layer> layers() {
    return graph().layers();
  }

  /**
   * Returns a layer by its name. A layer is configuration: its weights are {@link #getWeights}.
   *
   * @throws IllegalArgumentException if there is none of that name, naming those there are
   */
  public final Layer getLayer(String layerName) {
    return layers().stream()
        .filter(layer -> layerName.equals(layer.name()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The model %s has no layer '%s'. Layers: %s"
                        .formatted(name, layerName, layers().stream().map(Layer::name).toList())));
  }

  /**
   * Returns a layer by its place.
   *
   * @throws IndexOutOfBoundsException if there are not so many
   */
  public final Layer getLayer(int index) {
    return layers().get(index);
  }

  /**
   * Calls the model like a layer. The new model shares this one's weights, as it does its layers.
   *
   * @throws IllegalArgumentException if the inputs don't fit, or the model has several outputs
   */
  public final KerasTensor call(KerasTensor... inputs) {
    return asLayer().callModel(Arrays.asList(inputs), null).get(0);
  }

  /** Calls the model like a layer and returns all its outputs. */
  public final List<KerasTensor> callForAll(KerasTensor... inputs) {
    return asLayer().callModel(Arrays.asList(inputs), null);
  }

  /**
   * Calls the model like a layer that runs in inference mode even while the new model trains:
   * Keras's {@code base(x, training=False)}.
   */
  public final KerasTensor callInInferenceMode(KerasTensor... inputs) {
    return asLayer().callModel(Arrays.asList(inputs), false).get(0);
  }

  private NestedModel asLayer() {
    NestedModel known = nested;
    if (known == null) {
      known = NestedModel.of(graph(), trainable, variables());
      nested = known;
    }

    return known;
  }

  /** Tells whether the variables are there, or can be made as the inputs' shapes are known. */
  public boolean isBuilt() {
    return true;
  }

  /**
   * Creates the variables. Not needed where the inputs' shapes are known.
   *
   * @param inputShape the shape of one row
   * @throws IllegalArgumentException if the model takes rows of another shape
   */
  public Model build(int... inputShape) {
    Shape known = built().network().inputShape();
    if (!known.equals(Shape.of(inputShape))) {
      throw new IllegalArgumentException(
          "The model %s takes rows of shape %s. Received: %s"
              .formatted(name, known, Shape.of(inputShape)));
    }

    return this;
  }

  /** Returns the graph of layers. */
  LayerGraph graph() {
    if (graph == null) {
      throw new IllegalStateException("The model %s has no layers".formatted(name));
    }

    return graph;
  }

  /** Forgets the graph and the variables, to be made anew from {@code newGraph}. */
  final void rebuild(@Nullable LayerGraph newGraph) {
    graph = newGraph;
    built = null;
    nested = null;
  }

  /** Goes on with the variables of what the model was before, as far as it still has them. */
  final void keep(BuiltModel old) {
    built = old.rebuilt();
  }

  final boolean hasVariables() {
    return built != null;
  }

  BuiltModel built() {
    BuiltModel known = built;
    if (known == null) {
      known = BuiltModel.of(this);
      built = known;
    }

    return known;
  }

  /** Tells whether the weights of the model are trained, apart from what single layers say. */
  public final boolean trainable() {
    return trainable;
  }

  /**
   * Sets whether the weights of all layers are trained, those of nested models too; before or after
   * the model is built. A model that was compiled is to be compiled again, as in Keras.
   */
  public final Model trainable(boolean value) {
    trainable = value;
    changeLayers(layer -> layer.withTrainable(value));
    return this;
  }

  /**
   * Sets whether the weights of one layer or nested model are trained.
   *
   * @throws IllegalArgumentException if there is no layer of that name
   */
  public final Model trainable(String layerName, boolean value) {
    Layer chosen = getLayer(layerName);
    changeLayers(layer -> layer == chosen ? layer.withTrainable(value) : layer);
    return this;
  }

  /** Replaces layers by others with the same weights; the variables keep their values. */
  void changeLayers(UnaryOperator<Layer> change) {
    BuiltModel old = built;
    rebuild(graph().withLayers(change));
    if (old != null) {
      built = old.rebuilt();
    }
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
    this.compiled = value;
    BuiltModel old = built;
    built = null;
    if (old != null) {
      built = old.rebuilt();
    }
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
              .formatted(name));
    }

    return compiled;
  }

  /** Returns the optimizer of {@code compile}. */
  public final Optimizer optimizer() {
    return requireCompiled().optimizer();
  }

  /** Returns all variables, in the layers' order. */
  public final List<Variable> variables() {
    return built().variables();
  }

  /** Returns the number of values of all variables. */
  public final long countParams() {
    return variables().stream().mapToLong(variable -> variable.shape().size()).sum();
  }

  /** Returns copies of the values of all variables, in order, each row-major. */
  public final float[][] getWeights() {
    return snapshot().values();
  }

  /**
   * Sets the values of all variables.
   *
   * @param weights one array a variable, in the order of {@link #getWeights}
   * @throws IllegalArgumentException if their number or the length of one is another
   */
  public final void setWeights(float[]... weights) {
    ModelWeights.set(name, variables(), weights);
  }

  /**
   * Returns copies of the values of a layer's or nested model's variables.
   *
   * @throws IllegalArgumentException if there is no layer of that name
   */
  public final float[][] getWeights(String layerName) {
    return VariableSnapshot.copyOf(ModelWeights.of(this, layerName)).values();
  }

  /**
   * Sets the values of a layer's or nested model's variables.
   *
   * @throws IllegalArgumentException if there is no layer of that name, or the number of arrays or
   *     the length of one is another
   */
  public final void setWeights(String layerName, float[]... weights) {
    ModelWeights.set(layerName, ModelWeights.of(this, layerName), weights);
  }

  /**
   * Trains the model.
   *
   * @param data the rows, in memory or in Spark
   * @return the loss and the metrics of every epoch
   * @throws IllegalArgumentException if data and model don't fit, before the first step
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

    lastTraining = Trainer.fit(model, model.contract(arguments), rows, options);
    return lastTraining.history();
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
    requireCompiled();
    BuiltModel model = builtFor(data);
    TrainingData rows = model.requireFits(data.withColumnsOf(columns), "data");
    return Trainer.evaluate(model, rows, batchSize);
  }

  /**
   * Sets mean and variance of the layer {@link io.firesteel.layers.Normalization}, the first of the
   * model, to those of the features of all rows. They don't depend on the order of the rows.
   *
   * @throws IllegalStateException if the first layer is another one, or has a given mean
   */
  public Model adapt(TrainingData data) {
    builtFor(data);
    Adaptation.of(this).apply(data);
    return this;
  }

  /** Builds the model for the shape of the data if it is not built yet. */
  BuiltModel builtFor(TrainingData data) {
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
    return new Predictor(built().network(), snapshot()).predict(features);
  }

  /**
   * Returns the predictions of rows in memory, a row each, flattened; labels and weights have no
   * part in them. It is for models with a sparse input or several inputs.
   *
   * @throws IllegalArgumentException if data and model don't fit
   */
  public final float[][] predict(LocalData data) {
    LocalData rows = (LocalData) built().requireFitsFeatures(data, "data");
    return new Predictor(built().network(), snapshot()).predict(rows);
  }

  /** Returns the predictions of {@link #predict(LocalData)} by the name of the output. */
  public final Map<String, float[][]> predictOutputs(LocalData data) {
    return Predictor.byOutput(built().network(), predict(data));
  }

  /** Returns everything that computes predictions and gradients elsewhere, without weights. */
  public final NetworkSpec spec() {
    return built().network().spec();
  }

  /** Returns a copy of the variables' values, to go with {@link #spec}. */
  public final VariableSnapshot snapshot() {
    return VariableSnapshot.copyOf(variables());
  }

  /** Returns the table of layers, shapes and numbers of parameters. */
  public final String summary() {
    return ModelSummary.of(this);
  }
}
