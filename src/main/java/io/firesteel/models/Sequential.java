package io.firesteel.models;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.internal.network.LayerGraph;
import io.firesteel.internal.network.LayerNames;
import io.firesteel.layers.Input;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.training.DataColumns;
import io.firesteel.training.TrainingData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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
 * known: from the first layer, or from the data.
 */
public final class Sequential extends Model {

  private final LayerStack layers = new LayerStack();

  /** Creates a model named {@code sequential}. */
  public Sequential() {
    this("sequential");
  }

  /** Creates a model. */
  public Sequential(String name) {
    super(name);
  }

  /**
   * Opens a model from a {@code .keras} file, as {@link Model#load} does.
   *
   * @throws IllegalArgumentException if it is another than a Sequential model
   */
  public static Sequential load(String path) throws IOException {
    return require(Model.load(path));
  }

  /** Opens a model from a {@code .keras} file, as {@link Model#load(String, boolean)} does. */
  public static Sequential load(String path, boolean compile) throws IOException {
    return require(Model.load(path, compile));
  }

  /** Returns the model of an archive, as {@link #load(String)} does. */
  public static Sequential of(KerasArchive archive) {
    return require(Model.of(archive));
  }

  /** Returns the model of an archive, as {@link #load(String, boolean)} does. */
  public static Sequential of(KerasArchive archive, boolean compile) {
    return require(Model.of(archive, compile));
  }

  /** Rebuilds a model, without weights, from the JSON of {@link #toJson} or of Keras. */
  public static Sequential fromJson(String json) {
    return fromJson(json, 0);
  }

  /** Rebuilds a model as {@link #fromJson(String)} does, with start values of a seed. */
  public static Sequential fromJson(String json, long seed) {
    return require(ModelConfig.fromConfig(Config.parse(json), seed));
  }

  private static Sequential require(Model model) {
    if (model instanceof Sequential sequential) {
      return sequential;
    }

    throw new IllegalArgumentException(
        "Sequential opens models of the class Sequential; Model opens all. Received: Functional");
  }

  @Override
  public Sequential columns(DataColumns value) {
    super.columns(value);
    return this;
  }

  @Override
  public Sequential seed(long value) {
    super.seed(value);
    return this;
  }

  /**
   * Adds a layer on top.
   *
   * @throws IllegalArgumentException if its name is taken, or it is an input that is not the first
   */
  public Sequential add(Layer layer) {
    layers.add(layer);
    rebuild(null);
    return this;
  }

  /**
   * Removes the top layer; the others keep their weights.
   *
   * @throws IllegalStateException if there is none
   */
  public Sequential pop() {
    BuiltModel old = hasVariables() ? built() : null;
    layers.pop(name());
    rebuild(null);
    if (old != null && !layers.hasNoneButInput()) {
      keep(old);
    }

    return this;
  }

  /** Returns the layers, the input layer among them. */
  @Override
  public List<Layer> layers() {
    return layers.all();
  }

  @Override
  LayerGraph graph() {
    Shape known = layers.inputShape();
    if (known == null) {
      throw new IllegalStateException(
          "The model %s is not built, for the shape of its input is unknown. Give the first layer an inputShape, or call build"
              .formatted(name()));
    }

    requireLayers();
    return LayerGraph.chain(name(), layers.beginWithInput(known), layers.all());
  }

  private void requireLayers() {
    if (layers.hasNoneButInput()) {
      throw new IllegalStateException("The model %s has no layers".formatted(name()));
    }
  }

  @Override
  void changeLayers(UnaryOperator<Layer> change) {
    BuiltModel old = hasVariables() ? built() : null;
    layers.change(change);
    rebuild(null);
    if (old != null) {
      keep(old);
    }
  }

  /**
   * Creates the variables. Not needed if the first layer knows its input's shape.
   *
   * @param inputShape the shape of one row
   * @throws IllegalArgumentException if a layer does not take what comes from below, or the model
   *     was built for another shape
   */
  @Override
  public Sequential build(int... inputShape) {
    Shape shape = Shape.of(inputShape);
    requireLayers();
    Shape known = layers.beginWithInput(shape);
    if (layers.all().get(0) instanceof InputLayer input && input.rows().isOpen()) {
      bindInputs(List.of(shape));
      known = shape;
    }

    if (!shape.equals(known)) {
      throw new IllegalArgumentException(
          "The model %s takes rows of shape %s. Received: %s".formatted(name(), known, shape));
    }

    built();
    return this;
  }

  /** Tells whether the variables are there, or can be made as the input's shape is known. */
  @Override
  public boolean isBuilt() {
    return hasVariables() || layers.beginsWithInput();
  }

  @Override
  BuiltModel builtFor(TrainingData data) {
    if (!isBuilt()) {
      build(data.featureShape().dims());
    }

    return super.builtFor(data);
  }

  @Override
  public Sequential adapt(TrainingData data) {
    super.adapt(data);
    return this;
  }

  /**
   * The layers of a model, each with a name of its own, and its input below them once it is known.
   */
  private static final class LayerStack {

    private final List<Layer> layers = new ArrayList<>();

    /**
     * Adds a layer on top; below the first one also its input, if it knows its shape.
     *
     * @throws IllegalArgumentException if its name is taken, or it is an input that is not the
     *     first
     */
    void add(Layer layer) {
      if (layer instanceof InputLayer && !layers.isEmpty()) {
        throw new IllegalArgumentException(
            "An input must be the first layer of a model. Received: %s after %d layers"
                .formatted(layer.name(), layers.size()));
      }

      Shape inputShape = layer.inputShape();
      if (layers.isEmpty() && inputShape != null && !(layer instanceof InputLayer)) {
        layers.add(LayerNames.named(Input.of(inputShape.dims()), layers));
      }

      layers.add(LayerNames.named(layer, layers));
    }

    /**
     * Adds an input of that shape at the bottom if there is none, and returns the input's shape.
     */
    Shape beginWithInput(Shape shape) {
      if (!beginsWithInput()) {
        layers.add(0, LayerNames.named(Input.of(shape.dims()), layers));
      }

      return Objects.requireNonNull(inputShape());
    }

    boolean beginsWithInput() {
      return !layers.isEmpty() && layers.get(0) instanceof InputLayer;
    }

    boolean hasNoneButInput() {
      return layers.stream().allMatch(InputLayer.class::isInstance);
    }

    /** Returns the shape of the input that the first layer says, or null. */
    @Nullable Shape inputShape() {
      return layers.isEmpty() ? null : layers.get(0).inputShape();
    }

    /** Removes the top layer. */
    void pop(String model) {
      if (hasNoneButInput()) {
        throw new IllegalStateException("The model %s has no layers".formatted(model));
      }

      layers.remove(layers.size() - 1);
    }

    /** Replaces layers by others of the same names. */
    void change(UnaryOperator<Layer> change) {
      layers.replaceAll(change);
    }

    List<Layer> all() {
      return List.copyOf(layers);
    }
  }
}
