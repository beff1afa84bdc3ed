package io.firesteel.models;

import io.firesteel.internal.network.LayerGraph;
import io.firesteel.internal.network.NestedModel;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.layers.CallOptions;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Layer;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a model is without its training: layers, their variables, and being called as a layer. */
abstract class ModelLayers {

  private final String name;
  private @Nullable LayerGraph graph;
  private boolean trainable = true;
  private long seed;
  private @Nullable BuiltModel built;
  private @Nullable NestedModel nested;

  /** Creates a model; without a graph where that is not known yet. */
  ModelLayers(String name, @Nullable LayerGraph graph) {
    this.name = name;
    this.graph = graph;
  }

  /** Creates network and variables. */
  abstract BuiltModel newlyBuilt();

  /** Returns the name. */
  public final String name() {
    return name;
  }

  final void setSeed(long value) {
    if (built != null) {
      throw new IllegalStateException(
          "The seed of a model must be set before it is built. Received: " + value);
    }

    seed = value;
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
    return asLayer().callModel(Arrays.asList(inputs), CallOptions.NONE).get(0);
  }

  /** Calls the model like a layer and returns all its outputs. */
  public final List<KerasTensor> callForAll(KerasTensor... inputs) {
    return asLayer().callModel(Arrays.asList(inputs), CallOptions.NONE);
  }

  /**
   * Applies the model to each step of a sequence: Keras's {@code TimeDistributed(model)}. The new
   * model shares this one's weights.
   *
   * @param name the name of the layer that does it in the new model
   * @param input of (steps, ...), where the rest is the shape of this model's input
   * @throws IllegalArgumentException if the input doesn't fit, or the model has several inputs or
   *     outputs
   */
  public final KerasTensor callForEachStep(String name, KerasTensor input) {
    return asLayer().ofSteps(name).callModel(List.of(input), CallOptions.NONE).get(0);
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

  /** Takes what was built of it. */
  final void adopt(BuiltModel part) {
    built = part;
  }

  /** Makes the network anew for what the model is compiled with now. */
  final void rebuildNetwork() {
    BuiltModel old = built;
    built = null;
    if (old != null) {
      keep(old);
    }
  }

  final boolean hasVariables() {
    return built != null;
  }

  BuiltModel built() {
    BuiltModel known = built;
    if (known == null) {
      known = newlyBuilt();
      built = known;
    }

    return known;
  }

  /** Tells whether the weights of the model are trained, apart from what single layers say. */
  public final boolean trainable() {
    return trainable;
  }

  final void setTrainable(boolean value) {
    trainable = value;
    changeLayers(layer -> layer.withTrainable(value));
  }

  /** Replaces layers by others with the same weights; the variables keep their values. */
  void changeLayers(UnaryOperator<Layer> change) {
    BuiltModel old = built;
    rebuild(graph().withLayers(change));
    if (old != null) {
      keep(old);
    }
  }

  /**
   * Makes the network for rows of other shapes where the inputs leave extents open; the variables
   * stay.
   *
   * @param shapes the shape of one row of each input
   */
  final void bindInputs(List<Shape> shapes) {
    List<InputLayer> inputs = graph().inputLayers();
    List<InputLayer> bound = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      bound.add(inputs.get(i).rows().isOpen() ? inputs.get(i).bound(shapes.get(i)) : inputs.get(i));
    }

    if (!bound.equals(inputs)) {
      changeLayers(layer -> inputs.contains(layer) ? bound.get(inputs.indexOf(layer)) : layer);
    }
  }

  /** Returns all variables, in the layers' order. */
  public final List<Variable> variables() {
    return built().variables();
  }

  /** Returns the number of values of all variables. */
  public final long countParams() {
    return variables().stream().mapToLong(variable -> variable.shape().size()).sum();
  }

  /** Returns copies of the values of all variables, in Keras's order, each row-major. */
  public final float[][] getWeights() {
    return VariableValues.copyOf(Weights.inOrder(variables())).values();
  }

  /**
   * Sets the values of all variables.
   *
   * @param weights one array a variable, in the order of {@link #getWeights}
   * @throws IllegalArgumentException if their number or the length of one is another
   */
  public final void setWeights(float[]... weights) {
    Weights.set(name, Weights.inOrder(variables()), weights);
  }

  /**
   * Returns copies of the values of a layer's or nested model's variables.
   *
   * @throws IllegalArgumentException if there is no layer of that name
   */
  public final float[][] getWeights(String layerName) {
    return VariableValues.copyOf(Weights.of(this, layerName)).values();
  }

  /**
   * Sets the values of a layer's or nested model's variables.
   *
   * @throws IllegalArgumentException if there is no layer of that name, or the number of arrays or
   *     the length of one is another
   */
  public final void setWeights(String layerName, float[]... weights) {
    Weights.set(layerName, Weights.of(this, layerName), weights);
  }

  /** Returns everything that computes predictions and gradients elsewhere, without weights. */
  public final NetworkSpec spec() {
    return built().network().spec();
  }

  /** Returns a copy of the variables' values, to go with {@link #spec}. */
  public final VariableValues snapshot() {
    return VariableValues.copyOf(variables());
  }

  /** The values of a model's or a layer's variables. */
  static final class Weights {

    private Weights() {}

    /** Returns the variables of a layer or nested model. */
    static List<Variable> of(ModelLayers model, String layer) {
      model.getLayer(layer);
      String prefix = model.name() + "/" + layer + "/";
      return inOrder(
          model.variables().stream()
              .filter(variable -> variable.path().startsWith(prefix))
              .toList());
    }

    /**
     * Returns variables in the order of Keras's {@code get_weights}: SpectralNormalization counts
     * its inner layer's kernel among its own, so that its vector stands before the inner bias.
     */
    static List<Variable> inOrder(List<Variable> variables) {
      List<Variable> ordered = new ArrayList<>();
      int afterKernel = 0;
      for (Variable variable : variables) {
        String name = variable.path().substring(variable.path().lastIndexOf('/') + 1);
        ordered.add(name.equals("vector_u") ? afterKernel : ordered.size(), variable);
        if (name.equals("kernel") || name.equals("embeddings")) {
          afterKernel = ordered.size();
        }
      }

      return ordered;
    }

    static void set(String owner, List<Variable> variables, float[][] weights) {
      if (weights.length != variables.size()) {
        throw new IllegalArgumentException(
            "setWeights: '%s' has %d variables. Received: %d arrays"
                .formatted(owner, variables.size(), weights.length));
      }

      for (int i = 0; i < weights.length; i++) {
        Variable variable = variables.get(i);
        if (weights[i].length != variable.shape().size()) {
          throw new IllegalArgumentException(
              "setWeights: the variable %s of shape %s holds %d values. Received: %d"
                  .formatted(
                      variable.path(),
                      variable.shape(),
                      variable.shape().size(),
                      weights[i].length));
        }
      }

      for (int i = 0; i < weights.length; i++) {
        variables.get(i).assign(weights[i]);
      }
    }
  }
}
