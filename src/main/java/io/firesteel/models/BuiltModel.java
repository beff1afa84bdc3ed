package io.firesteel.models;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.internal.gradients.DataChecks;
import io.firesteel.internal.gradients.VariableMemory;
import io.firesteel.internal.network.GraphShapes;
import io.firesteel.internal.network.LayerGraph;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkVariable;
import io.firesteel.internal.network.Objective;
import io.firesteel.internal.network.OpenLengths;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metrics;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.training.TrainableModel;
import io.firesteel.training.TrainingData;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A model whose inputs' shapes are known: the network and its variables. */
final class BuiltModel implements TrainableModel {

  private static final Deque<Variable> NONE = new ArrayDeque<>();

  private final Model model;
  private final Network network;
  private final List<Variable> variables;
  private final @Nullable Optimizer outdated;

  private BuiltModel(
      Model model, Network network, List<Variable> variables, @Nullable Optimizer outdated) {
    this.model = model;
    this.network = network;
    this.variables = List.copyOf(variables);
    this.outdated = outdated;
  }

  /** Builds a model with new variables. */
  static BuiltModel of(Model model) {
    Network network = network(model);
    return withVariables(model, network);
  }

  /**
   * Builds a model with new variables, for the values of a file.
   *
   * @throws IllegalArgumentException if it has more than the file, before there is room for them
   */
  static BuiltModel of(Model model, long valuesOfFile) {
    Network network = network(model);
    long needed = 0;
    for (NetworkVariable variable : network.variables()) {
      needed += variable.weight().shape().size();
    }

    if (needed > valuesOfFile) {
      throw new IllegalArgumentException(
          "The model %s has weights of %d values, the file has %d"
              .formatted(model.name(), needed, valuesOfFile));
    }

    return withVariables(model, network);
  }

  private static BuiltModel withVariables(Model model, Network network) {
    VariableMemory.requireDriver(network);
    return new BuiltModel(model, network, network.createVariables(model.seed()), null);
  }

  /**
   * Returns what the model is now, with the values of the variables that it had. A variable that is
   * trained as before is the same one.
   */
  BuiltModel rebuilt() {
    Network now = network(model);
    Map<String, Deque<Variable>> known = byPath(variables);
    List<Variable> kept = new ArrayList<>();
    for (NetworkVariable variable : now.variables()) {
      Variable old = known.getOrDefault(variable.path(), NONE).poll();
      if (old == null || !old.shape().equals(variable.weight().shape())) {
        kept = Collections.emptyList();
        break;
      }

      kept.add(variable.trainable() == old.trainable() ? old : variable.around(old.values()));
    }

    if (kept.isEmpty() && !now.variables().isEmpty()) {
      return of(model);
    }

    boolean other = !kept.equals(variables);
    Optimizer built = model.isCompiled() && model.optimizer().isBuilt() ? model.optimizer() : null;
    return new BuiltModel(model, now, kept, other ? built : outdated);
  }

  /** Layers made of several, as Bidirectional, have variables of the same path, in their order. */
  private static Map<String, Deque<Variable>> byPath(List<Variable> variables) {
    Map<String, Deque<Variable>> byPath = new HashMap<>();
    for (Variable variable : variables) {
      byPath.computeIfAbsent(variable.path(), path -> new ArrayDeque<>()).add(variable);
    }

    return byPath;
  }

  /**
   * Builds a model of a part of another one's layers, with that one's variables.
   *
   * @param whole the other model, of the same name
   */
  static BuiltModel ofPart(Model model, Model whole) {
    Map<String, Deque<Variable>> known = byPath(whole.variables());
    Network network = network(model);
    List<Variable> shared = new ArrayList<>();
    for (NetworkVariable variable : network.variables()) {
      shared.add(Objects.requireNonNull(known.getOrDefault(variable.path(), NONE).poll()));
    }

    return new BuiltModel(model, network, shared, null);
  }

  /**
   * Checks that the optimizer knows what is trained now.
   *
   * @throws IllegalStateException if that was changed after the optimizer's first step
   */
  void requireOptimizerFits() {
    if (outdated == model.optimizer() && outdated.isBuilt()) {
      throw new IllegalStateException(
          "The model %s was changed after its optimizer was built; call compile again"
              .formatted(model.name()));
    }
  }

  /**
   * Returns the network; a model that is not compiled predicts only, so that its losses are unused.
   */
  private static Network network(Model model) {
    LayerGraph graph = model.graph();
    Compiled compiled = model.compiled();
    List<Shape> shapes = GraphShapes.outputs(graph);
    Network network =
        Network.of(
            graph,
            compiled == null
                ? Collections.nCopies(
                    shapes.size(), new Objective(Losses.get("mse"), 1.0, List.of(), List.of()))
                : compiled.objectives(graph.outputNames(), shapes));
    OpenLengths.requireSameWeights(graph, network);
    return network;
  }

  @Override
  public Network network() {
    return network;
  }

  @Override
  public List<Variable> variables() {
    return variables;
  }

  @Override
  public Optimizer optimizer() {
    return model.optimizer();
  }

  @Override
  public KerasArchive archive() {
    return ModelArchive.of(model);
  }

  @Override
  public void restore(KerasArchive archive) {
    ModelArchive.restore(archive, model);
  }

  @Override
  public String summary() {
    return model.summary();
  }

  @Override
  public void save(String path) {
    try {
      model.save(path);
    } catch (IOException e) {
      throw new UncheckedIOException("The model can't be saved to " + path, e);
    }
  }

  @Override
  public void saveWeights(String path) {
    try {
      model.saveWeights(path);
    } catch (IOException e) {
      throw new UncheckedIOException("The weights can't be saved to " + path, e);
    }
  }

  @Override
  public void export(String path) {
    try {
      model.export(path);
    } catch (IOException e) {
      throw new UncheckedIOException("The model can't be exported to " + path, e);
    }
  }

  /** Returns what of the model must be the same when a run resumes. */
  Config contract(Compiled compiled) {
    Config.Builder contract =
        Config.builder()
            .put("model", ModelConfig.architecture(model))
            .put("model_seed", model.seed())
            .put("optimizer", compiled.optimizerContract());
    if (network.outputs().size() > 1) {
      return contract.put("outputs", network.spec().outputs().toString()).build();
    }

    contract
        .put("loss", Losses.serialize(network.loss()))
        .put("metrics", network.metrics().stream().map(Metrics::serialize).toList());
    if (network.firstWeightedMetric() < network.metrics().size()) {
      contract.put("first_weighted_metric", network.firstWeightedMetric());
    }

    return contract.build();
  }

  /**
   * Checks that rows have the shape of the model's inputs, and as many labels as the losses want.
   * Returns them as the model takes them.
   */
  TrainingData requireFits(TrainingData given, String argument) {
    TrainingData data = given.readFor(network);
    DataChecks.requireFits(argument, data, network);
    return data;
  }

  /** Checks the same of the features alone. */
  TrainingData requireFitsFeatures(TrainingData given, String argument) {
    TrainingData data = given.readFor(network);
    DataChecks.requireFeatures(argument, data, network);
    return data;
  }
}
