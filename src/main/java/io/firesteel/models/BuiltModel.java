package io.firesteel.models;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.internal.gradients.DataChecks;
import io.firesteel.internal.gradients.VariableMemory;
import io.firesteel.internal.network.Network;
import io.firesteel.layers.Layer;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metric;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.tensor.Shape;
import io.firesteel.training.TrainableModel;
import io.firesteel.training.TrainingData;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** A model whose input's shape is known: the network and its variables. */
final class BuiltModel implements TrainableModel {

  private final Sequential model;
  private final Network network;
  private final List<Variable> variables;

  private BuiltModel(Sequential model, Network network, List<Variable> variables) {
    this.model = model;
    this.network = network;
    this.variables = List.copyOf(variables);
  }

  /** Builds a model for rows of a shape. */
  static BuiltModel of(Sequential model, Shape inputShape) {
    Network network = network(model, inputShape);
    VariableMemory.requireDriver(network);
    return new BuiltModel(model, network, network.createVariables(model.seed()));
  }

  /** Returns it with the same variables, and the loss and metrics that the model has now. */
  BuiltModel compiledAnew() {
    return new BuiltModel(model, network(model, network.inputShape()), variables);
  }

  /**
   * Returns the network; a model that is not compiled predicts only, so that its loss is unused.
   */
  private static Network network(Sequential model, Shape inputShape) {
    Compiled compiled = model.compiled();
    List<Layer> layers = model.layers();
    if (compiled == null) {
      return Network.of(model.name(), inputShape, layers, Losses.get("mse"), List.of());
    }

    Shape output = inputShape;
    for (Layer layer : layers) {
      output = layer.computeOutputShape(output);
    }

    int width = output.rank() == 0 ? 1 : output.dim(-1);
    List<Metric> resolved = compiled.resolve(width);
    int weighted = compiled.metrics().size();
    return Network.of(
        model.name(),
        inputShape,
        layers,
        compiled.loss(),
        resolved.subList(0, weighted),
        resolved.subList(weighted, resolved.size()));
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
    return SequentialArchive.of(model);
  }

  @Override
  public void restore(KerasArchive archive) {
    SequentialArchive.restore(archive, model);
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

  /**
   * Checks that rows have the shape of the model's input, and as many labels as the loss wants.
   * Returns them as the model takes them.
   */
  TrainingData requireFits(TrainingData given, String argument) {
    TrainingData data = given.readFor(network);
    DataChecks.requireSameForm(data, network);
    Shape expected = network.inputShape();
    if (!expected.equals(data.featureShape())) {
      throw new IllegalArgumentException(
          "%s: the model %s takes features of shape %s. Received: %s"
              .formatted(argument, model.name(), expected, data.featureShape()));
    }

    int labels = network.labelWidth();
    if (labels != data.labelWidth()) {
      throw new IllegalArgumentException(
          "%s: the loss %s with an output of shape %s takes %d label%s a row. Received: %d"
              .formatted(
                  argument,
                  network.loss().name(),
                  network.outputShape(),
                  labels,
                  labels == 1 ? "" : "s",
                  data.labelWidth()));
    }

    return data;
  }
}
