package io.firesteel.models;

import io.firesteel.callbacks.History;
import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.internal.gradients.VariableMemory;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.layers.FeatureBlock;
import io.firesteel.layers.Layer;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metrics;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.training.Trainer;
import io.firesteel.training.TrainingData;
import io.firesteel.training.TrainingSummary;
import io.firesteel.variables.Variable;
import io.firesteel.variables.VariableSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stack of layers, each with one input and one output: Keras's {@code Sequential}.
 *
 * <pre>{@code
 * Sequential model = new Sequential()
 *     .add(Dense.of(64).activation("relu").inputShape(10))
 *     .add(Dense.of(3).activation("softmax"));
 * model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
 * History history = model.fit(LocalData.of(x, y), FitOptions.epochs(5));
 * }</pre>
 *
 * <p>The model is built, that is its variables are created, as soon as the shape of its input is
 * known: from the first layer, or from the data. A model belongs to one thread. All that users do
 * with a model is here, and little else: other classes do the work.
 *
 * <p>Differs from Keras: layers without a name are numbered within the model, not within the
 * process, so the same program makes the same names each time; start values come from {@link
 * #seed}, 0 unless set.
 */
public final class Sequential {

  private static final Logger LOG = LoggerFactory.getLogger(Sequential.class);

  private final String name;
  private final LayerStack layers = new LayerStack();
  private long seed;
  private @Nullable Compiled compiled;
  private @Nullable BuiltModel built;
  private @Nullable TrainingSummary lastTraining;
  private boolean toldOfLayers;

  /** Creates a model named {@code sequential}. */
  public Sequential() {
    this("sequential");
  }

  /** Creates a model. */
  public Sequential(String name) {
    this.name = name;
  }

  /**
   * Opens a model from a {@code .keras} file, of Firesteel's or of Keras's making, with its
   * weights, and with its optimizer and the optimizer's state if it was compiled.
   *
   * @param path a path on any file system that is at hand
   */
  public static Sequential load(String path) throws IOException {
    return SequentialArchive.toModel(KerasArchive.load(path));
  }

  /** Returns the model of an archive, as {@link #load} does. */
  public static Sequential of(KerasArchive archive) {
    return SequentialArchive.toModel(archive);
  }

  /** Rebuilds a model, without weights, from the JSON of {@link #toJson} or of Keras. */
  public static Sequential fromJson(String json) {
    return SequentialArchive.fromConfig(Config.parse(json));
  }

  /** Returns the architecture as Keras's JSON. */
  public String toJson() {
    return SequentialArchive.config(this).toJson();
  }

  /**
   * Writes the model with its weights and its optimizer's state to a {@code .keras} file. Keras
   * opens it unless there are layers that it does not have, such as {@link FeatureBlock}; these are
   * named in a warning.
   */
  public void save(String path) throws IOException {
    KerasArchive archive = SequentialArchive.of(this);
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
    return SequentialArchive.of(this).weightsSha256();
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /** Sets the seed of the start values; before the model is built. */
  public Sequential seed(long value) {
    if (built != null) {
      throw new IllegalStateException(
          "The seed of a model must be set before it is built. Received: " + value);
    }

    this.seed = value;
    return this;
  }

  /** Returns the seed of the start values. */
  public long seed() {
    return seed;
  }

  /**
   * Adds a layer on top.
   *
   * @throws IllegalArgumentException if its name is taken, or it is an input that is not the first
   */
  public Sequential add(Layer layer) {
    layers.add(layer);
    built = null;
    return this;
  }

  /** Returns the layers, the input layer among them. */
  public List<Layer> layers() {
    return layers.all();
  }

  /**
   * Creates the variables. Not needed if the first layer knows its input's shape.
   *
   * @param inputShape the shape of one row
   * @throws IllegalArgumentException if a layer does not take what comes from below, or the model
   *     was built for another shape
   */
  public Sequential build(int... inputShape) {
    Shape shape = Shape.of(inputShape);
    if (layers.hasNoneButInput()) {
      throw new IllegalStateException("The model %s has no layers".formatted(name));
    }

    Shape known = layers.beginWithInput(shape);
    if (!shape.equals(known)) {
      throw new IllegalArgumentException(
          "The model %s takes rows of shape %s. Received: %s".formatted(name, known, shape));
    }

    if (built == null) {
      built = BuiltModel.of(this, shape);
    }

    return this;
  }

  /** Tells whether the variables are there. */
  public boolean isBuilt() {
    return built != null || layers.beginsWithInput();
  }

  BuiltModel built() {
    if (built == null) {
      Shape known = layers.inputShape();
      if (known == null) {
        throw new IllegalStateException(
            "The model %s is not built, for the shape of its input is unknown. Give the first layer an inputShape, or call build"
                .formatted(name));
      }

      build(known.dims());
    }

    return Objects.requireNonNull(built);
  }

  /**
   * Sets what training needs.
   *
   * @param optimizer an optimizer, its name ({@code "adam"}) or its config
   * @param loss a loss, its name or its config
   * @param metrics metrics, their names or configs
   * @throws IllegalArgumentException if one of them is unknown, naming what is allowed
   */
  public void compile(Object optimizer, Object loss, Object... metrics) {
    compile(Compiled.of(optimizer, loss, List.of(metrics), List.of()));
  }

  /**
   * Sets what training needs.
   *
   * @param optimizer an optimizer, its name ({@code "adam"}) or its config
   * @param loss a loss, its name or its config
   * @param metrics metrics that sample weights don't count in, their names or configs
   * @param weightedMetrics metrics that sample and class weights count in
   * @throws IllegalArgumentException if one of them is unknown, naming what is allowed
   */
  public void compile(Object optimizer, Object loss, List<?> metrics, List<?> weightedMetrics) {
    compile(Compiled.of(optimizer, loss, metrics, weightedMetrics));
  }

  void compile(Compiled value) {
    this.compiled = value;
    BuiltModel old = built;
    built = null;
    if (old != null) {
      built = old.compiledAnew();
    }
  }

  /** Tells whether the model is compiled. */
  public boolean isCompiled() {
    return compiled != null;
  }

  @Nullable Compiled compiled() {
    return compiled;
  }

  Compiled requireCompiled() {
    if (compiled == null) {
      throw new IllegalStateException(
          "The model %s must be compiled first: call compile(optimizer, loss, metrics)"
              .formatted(name));
    }

    return compiled;
  }

  /** Returns the optimizer of {@code compile}. */
  public Optimizer optimizer() {
    return requireCompiled().optimizer();
  }

  /** Returns all variables, in the layers' order. */
  public List<Variable> variables() {
    return built().variables();
  }

  /**
   * Trains the model.
   *
   * @param data the rows, in memory or in Spark
   * @return the loss and the metrics of every epoch
   * @throws IllegalArgumentException if data and model don't fit, before the first step
   */
  public History fit(TrainingData data, FitOptions options) {
    Compiled arguments = requireCompiled();
    BuiltModel model = builtFor(data);
    TrainingData rows = model.requireFits(data, "data");
    TrainingData validationData = options.validationData();
    if (validationData != null) {
      model.requireFits(validationData, "validation_data");
    }

    VariableMemory.requireDriver(model.network(), arguments.optimizer());
    Config contract =
        Config.builder()
            .put("model", SequentialArchive.architecture(this))
            .put("model_seed", seed)
            .put("optimizer", arguments.initialOptimizer())
            .put("loss", Losses.serialize(model.network().loss()))
            .put("metrics", model.network().metrics().stream().map(Metrics::serialize).toList())
            .build();
    if (!arguments.weightedMetrics().isEmpty()) {
      contract = contract.with("first_weighted_metric", arguments.metrics().size());
    }

    lastTraining = Trainer.fit(model, contract, rows, options);
    return lastTraining.history();
  }

  /** Returns how the last {@code fit} went, or null if there was none. */
  public @Nullable TrainingSummary lastTraining() {
    return lastTraining;
  }

  /** Returns the loss and the metrics of rows by name. */
  public Map<String, Double> evaluate(TrainingData data) {
    requireCompiled();
    BuiltModel model = builtFor(data);
    return Trainer.evaluate(model, model.requireFits(data, "data"));
  }

  /**
   * Sets mean and variance of the layer {@link io.firesteel.layers.Normalization}, the first of the
   * model, to those of the features of all rows. They don't depend on the order of the rows.
   *
   * @throws IllegalStateException if the first layer is another one, or has a given mean
   */
  public Sequential adapt(TrainingData data) {
    if (!isBuilt()) {
      build(data.featureShape().dims());
    }

    Adaptation.of(this).apply(data);
    return this;
  }

  private BuiltModel builtFor(TrainingData data) {
    if (!isBuilt()) {
      build(data.featureShape().dims());
    }

    return built();
  }

  /**
   * Returns the predictions of rows in memory, a row each, flattened.
   *
   * @param features one array a row, flattened in row-major order
   */
  public float[][] predict(float[][] features) {
    return new Predictor(built().network(), snapshot()).predict(features);
  }

  /**
   * Returns the predictions of rows in memory, a row each, flattened; labels and weights have no
   * part in them. It is for models with a sparse input.
   *
   * @throws IllegalArgumentException if data and model don't fit
   */
  public float[][] predict(LocalData data) {
    built().requireFits(data, "data");
    return new Predictor(built().network(), snapshot()).predict(data);
  }

  /** Returns everything that computes predictions and gradients elsewhere, without weights. */
  public NetworkSpec spec() {
    return built().network().spec();
  }

  /** Returns a copy of the variables' values, to go with {@link #spec}. */
  public VariableSnapshot snapshot() {
    return VariableSnapshot.copyOf(variables());
  }

  /** Returns the table of layers, shapes and numbers of parameters. */
  public String summary() {
    return ModelSummary.of(this);
  }
}
