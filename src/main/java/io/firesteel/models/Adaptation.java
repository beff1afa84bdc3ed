package io.firesteel.models;

import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.layers.Normalization;
import io.firesteel.tensor.Shape;
import io.firesteel.training.TrainingData;

/** The layer of a model whose weights are the moments of the features. */
final class Adaptation {

  private final Model model;
  private final Normalization layer;

  private Adaptation(Model model, Normalization layer) {
    this.model = model;
    this.layer = layer;
  }

  static Adaptation of(Model model) {
    Layer first =
        model.layers().stream()
            .filter(layer -> !(layer instanceof InputLayer))
            .findFirst()
            .orElseThrow();
    if (first instanceof Normalization layer && layer.adapts()) {
      return new Adaptation(model, layer);
    }

    throw new IllegalStateException(
        "adapt: the first layer of the model %s must be a Normalization without a given mean. Received: %s"
            .formatted(model.name(), first.name()));
  }

  void apply(TrainingData data) {
    Shape input = model.built().network().inputShape();
    if (!input.equals(data.featureShape())) {
      throw new IllegalArgumentException(
          "adapt: the model %s takes features of shape %s. Received: %s"
              .formatted(model.name(), input, data.featureShape()));
    }

    layer.adapt(
        input,
        data.featureMoments(),
        model.variables().get(0).values(),
        model.variables().get(1).values());
  }
}
