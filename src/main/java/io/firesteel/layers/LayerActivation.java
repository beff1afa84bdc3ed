package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.activations.Activations;
import io.firesteel.saving.Config;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A layer in the place of an activation function, as in Keras's {@code Dense(6,
 * activation=LeakyReLU(0.1))}: one that works value by value, or a softmax of the last axis.
 */
final class LayerActivation extends ActivationFunction {

  private static final String LAYERS = "keras.layers";
  private static final String ALLOWED =
      "a function's name, or one of the layers Activation, ELU, LeakyReLU, ReLU and Softmax";

  private final ElementwiseLayer<?> layer;

  private LayerActivation(ElementwiseLayer<?> layer) {
    this.layer = layer;
  }

  /**
   * Returns what an identifier names: all that {@link Activations#get} takes, a layer, or a
   * serialized layer, which its {@code module} tells.
   *
   * @throws IllegalArgumentException if it names no function and no such layer
   */
  static ActivationFunction get(@Nullable Object identifier) {
    Object form = identifier instanceof Map<?, ?> map ? Config.of(map) : identifier;
    if (form instanceof Config config
        && config.get("module") instanceof String module
        && module.startsWith(LAYERS)) {
      return of(Layers.deserialize(config));
    }

    return form instanceof Layer layer ? of(layer) : Activations.get(form);
  }

  /** Returns what stands in a config. */
  static Object serialize(ActivationFunction function) {
    return function instanceof LayerActivation of
        ? Layers.serialize(of.layer)
        : Activations.serialize(function);
  }

  private static ActivationFunction of(Layer layer) {
    if (layer instanceof ElementwiseLayer<?> elementwise) {
      return new LayerActivation(elementwise);
    }

    if (layer instanceof Softmax softmax && softmax.isOfLastAxis()) {
      return Activations.get("softmax");
    }

    if (layer instanceof Activation activation) {
      return activation.function();
    }

    throw new IllegalArgumentException(
        "The layer %s can't be an activation. Allowed: %s"
            .formatted(layer.getClass().getSimpleName(), ALLOWED));
  }

  @Override
  public void call(float[] x, float[] y, int vectors, int width) {
    layer.call(x, y, vectors * width);
  }

  @Override
  public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
    layer.backward(x, y, gradient, gradient, vectors * width);
  }

  @Override
  public boolean needsInput() {
    return true;
  }

  @Override
  public Config getConfig() {
    return layer.getConfig();
  }
}
