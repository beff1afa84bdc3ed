package io.firesteel.models;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.internal.files.FileIO;
import io.firesteel.internal.network.LayerGraph;
import io.firesteel.internal.network.OpenLengths;
import io.firesteel.internal.onnx.OnnxModel;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Layer;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.training.DataColumns;
import io.firesteel.training.TrainingData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
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
 * <p>A model belongs to one thread. Here is how it is made, opened and saved; {@code ModelLayers}
 * has its layers and weights, {@code ModelTraining} what it is compiled, trained and used with.
 *
 * <p>Differs from Keras: layers without a name are numbered within the model, not within the
 * process, so the same program makes the same names each time; start values come from {@link
 * #seed}, 0 unless set; all inputs have a part in an output.
 */
public class Model extends ModelTraining {

  private static final Logger LOG = LoggerFactory.getLogger(Model.class);

  private boolean toldOfLayers;

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

  /**
   * Creates a model whose inputs and outputs have keys, as Keras's {@code Model({"user": user},
   * {"score": score})}, named {@code functional}. They are in the order of their sorted keys, as in
   * Keras; losses, metrics and predictions go by the keys of the outputs.
   *
   * @throws IllegalArgumentException if an output depends on other inputs than these, an input has
   *     no part in an output, or two layers have the same name
   */
  public Model(Map<String, KerasTensor> inputs, Map<String, KerasTensor> outputs) {
    this(withKeys(new TreeMap<>(inputs), new TreeMap<>(outputs)));
  }

  private static LayerGraph withKeys(
      Map<String, KerasTensor> inputs, Map<String, KerasTensor> outputs) {
    return LayerGraph.of("functional", List.copyOf(inputs.values()), List.copyOf(outputs.values()))
        .withKeys(List.copyOf(inputs.keySet()), List.copyOf(outputs.keySet()));
  }

  Model(LayerGraph graph) {
    super(graph.name(), graph);
  }

  /** Creates a model whose graph is not known yet. */
  Model(String name) {
    super(name, null);
  }

  @Override
  final BuiltModel newlyBuilt() {
    return BuiltModel.of(this);
  }

  /**
   * Returns the model from the inputs to the output of one layer, with the same layers and
   * variables: Keras's {@code Model(model.input, model.get_layer(name).output)}. It serves as the
   * base of another model: {@code base.upTo("features").trainable(false).call(input)}.
   *
   * @throws IllegalArgumentException if there is no such layer, or it has several outputs
   */
  public final Model upTo(String layerName) {
    Model part = new Model(graph().upTo(layerName));
    part.adopt(BuiltModel.ofPart(part, this));
    return part;
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

  /** Returns the columns of the model in an archive, {@link DataColumns#NONE} if it has none. */
  public static DataColumns columnsOf(KerasArchive archive) {
    return ModelConfig.columns(archive.config());
  }

  /** Sets the columns that the model is for; {@code fit} does it for a model that has none. */
  public Model columns(DataColumns value) {
    setColumns(value);
    return this;
  }

  /** Returns the architecture as Keras's JSON. */
  public String toJson() {
    return ModelConfig.of(this).toJson();
  }

  /**
   * Writes the model with its weights and its optimizer's state to a {@code .keras} file. Keras
   * opens it unless there are layers that it does not have; these are named in a warning.
   *
   * @param path ends in {@code .keras}; local without a scheme
   * @throws IllegalArgumentException if it ends in anything else, which Keras would not open
   * @throws IOException if it can't be written
   */
  public void save(String path) throws IOException {
    Argument.require("save", "path", path, path.endsWith(".keras"), "one that ends in .keras");
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
   * Writes the variables, and those of the optimizer if there is one, as Keras's {@code
   * save_weights} does. Keras loads them into the same model.
   *
   * @param path ends in {@code .weights.h5}; local without a scheme
   * @throws IOException if it can't be written
   */
  public final void saveWeights(String path) throws IOException {
    WeightsFile.save(this, path);
  }

  /**
   * Sets all variables, and those of the optimizer if the model is compiled and the file has them,
   * from a file of Keras's {@code save_weights} or of {@link #saveWeights}, or from a {@code
   * .keras} file. The layers are found by their classes and order, as in Keras.
   *
   * @throws IllegalArgumentException if the file has other variables than the model; the model is
   *     unchanged then, apart from its optimizer
   * @throws IOException if the file can't be read
   */
  public final void loadWeights(String path) throws IOException {
    WeightsFile.load(this, path, false);
  }

  /**
   * Sets the variables as {@link #loadWeights(String)} does, and those that don't fit on demand
   * not: Keras's {@code skip_mismatch}.
   *
   * @param skipMismatch whether layers with other variables in the file, in number or shape, or
   *     with none, keep their values; what the file has beyond the model is left out then
   * @return the names of the layers that were skipped, and {@code optimizer} if its state was
   */
  public final List<String> loadWeights(String path, boolean skipMismatch) throws IOException {
    return WeightsFile.load(this, path, skipMismatch);
  }

  /**
   * Writes what the model predicts, with its weights and without its training, as ONNX (operator
   * set 18). Inputs and outputs have the names of their layers, are of float32 (ids too) and have a
   * batch of any size; an input that is sparse here is dense there.
   *
   * @param path a path on any file system that is at hand, which ends with {@code .onnx}
   * @throws IllegalArgumentException if the path ends otherwise, or ONNX has no counterpart to a
   *     layer or an argument, naming them and what can be exported
   */
  public void export(String path) throws IOException {
    if (!path.endsWith(".onnx")) {
      throw new IllegalArgumentException(
          "export: path must end with .onnx, the one format. Received: " + path);
    }

    FileIO.of(path).write(path, OnnxModel.of(built().network(), snapshot()));
  }

  /**
   * Returns the SHA-256 over all variables of the model and of its optimizer; {@link
   * KerasArchive#weightsSha256} says how.
   */
  public String weightsSha256() {
    return ModelArchive.of(this).weightsSha256();
  }

  /** Sets the seed of the start values; before the model is built. */
  public Model seed(long value) {
    setSeed(value);
    return this;
  }

  /**
   * Creates the variables. Not needed where the inputs' shapes are known; where the input leaves
   * extents open, it says what they are from now on.
   *
   * @param inputShape the shape of one row
   * @throws IllegalArgumentException if the model takes rows of another shape
   */
  public Model build(int... inputShape) {
    if (graph().inputs().size() == 1) {
      bindInputs(List.of(Shape.of(inputShape)));
    }

    Shape known = built().network().inputShape();
    if (!known.equals(Shape.of(inputShape))) {
      throw new IllegalArgumentException(
          "The model %s takes rows of shape %s. Received: %s"
              .formatted(name(), known, Shape.of(inputShape)));
    }

    return this;
  }

  /**
   * Says what the extents are that inputs leave open, as rows of that shape do.
   *
   * @param inputShapes the shape of one row of each input by its name
   * @throws IllegalArgumentException if a name is missing, or an input takes other rows
   */
  public Model build(Map<String, int[]> inputShapes) {
    List<String> names = graph().inputNames();
    if (!inputShapes.keySet().equals(Set.copyOf(names))) {
      throw new IllegalArgumentException(
          "build: the model %s has the inputs %s. Received: %s"
              .formatted(name(), names, inputShapes.keySet()));
    }

    List<Shape> shapes = new ArrayList<>();
    names.forEach(each -> shapes.add(Shape.of(Objects.requireNonNull(inputShapes.get(each)))));
    OpenLengths.require(graph(), shapes);
    bindInputs(shapes);
    built();
    return this;
  }

  /**
   * Says what the extent is that an input leaves open, as the number of its values does.
   *
   * @param values the number of values of a row
   * @param widths those of each of several inputs by its name
   * @throws IllegalArgumentException if no extent gives so many, or several are open
   */
  public Model buildForRows(int values, Map<String, Integer> widths) {
    bindInputs(OpenLengths.of(graph(), Shape.of(values), widths));
    return this;
  }

  /** Tells whether inputs leave extents open, which the rows decide that come. */
  public final boolean hasOpenInputs() {
    return isBuilt() && OpenLengths.isOpen(graph());
  }

  /**
   * Sets whether the weights of all layers are trained, those of nested models too; before or after
   * the model is built. A model that was compiled is to be compiled again, as in Keras.
   */
  public final Model trainable(boolean value) {
    setTrainable(value);
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

  /** Returns the table of layers, shapes and numbers of parameters. */
  public final String summary() {
    return ModelSummary.of(this);
  }

  /** Returns name, layers, and the number of parameters once they are there. */
  @Override
  public String toString() {
    long parameters =
        !hasVariables() ? -1 : variables().stream().mapToLong(v -> v.shape().size()).sum();
    return "%s(name=%s, layers=%s%s)"
        .formatted(
            getClass().getSimpleName(),
            name(),
            layers().stream().map(layer -> String.valueOf(layer.name())).toList(),
            !hasVariables() ? ", not built" : ", parameters=" + parameters);
  }
}
