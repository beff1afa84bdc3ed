package io.firesteel.models;

import io.firesteel.internal.network.LayerNames;
import io.firesteel.layers.Input;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The layers of a model, each with a name of its own, and its input below them once it is known.
 */
final class LayerStack {

  private final List<Layer> layers = new ArrayList<>();

  /**
   * Adds a layer on top; below the first one also its input, if it knows its shape.
   *
   * @throws IllegalArgumentException if its name is taken, or it is an input that is not the first
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

  /** Adds an input of that shape at the bottom if there is none, and returns the input's shape. */
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
