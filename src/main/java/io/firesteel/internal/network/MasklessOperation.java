package io.firesteel.internal.network;

import io.firesteel.internal.saving.KerasOperation;
import io.firesteel.layers.Layer;
import io.firesteel.layers.LayerCall;
import io.firesteel.layers.Softmax;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation of a file ({@code x + y}) on tensors with masks. It computes what a layer does, but
 * its output has no mask, as in Keras, where a layer's has; so it is written as the operation
 * again.
 */
public final class MasklessOperation extends Layer implements KerasOperation {

  private final Layer layer;
  private final Config serialized;

  private MasklessOperation(Layer layer, Config serialized) {
    super(layer.name(), layer.trainable());
    this.layer = layer;
    this.serialized = serialized;
  }

  /**
   * Returns the operation that a layer does, or null where it would be another with a mask.
   *
   * @param serialized the operation in its file
   */
  static @Nullable MasklessOperation of(Layer layer, Config serialized) {
    boolean positional =
        call(serialized).get("kwargs") instanceof Config named && named.keys().isEmpty();
    return positional && !(layer instanceof Softmax)
        ? new MasklessOperation(layer, serialized)
        : null;
  }

  private static Config call(Config serialized) {
    return serialized.get("inbound_nodes") instanceof List<?> calls
            && calls.size() == 1
            && calls.get(0) instanceof Config call
        ? call
        : Config.empty();
  }

  /** Returns the layer that does the same, masks apart. */
  public Layer layer() {
    return layer;
  }

  @Override
  public MasklessOperation withName(String newName) {
    return new MasklessOperation(layer.withName(newName), serialized);
  }

  @Override
  public MasklessOperation withTrainable(boolean value) {
    return new MasklessOperation(layer.withTrainable(value), serialized);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return layer.computeOutputShape(input);
  }

  @Override
  public Shape computeOutputShape(List<Shape> inputs) {
    return layer.computeOutputShape(inputs);
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    return null;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    layer.forward(input, call);
  }

  @Override
  public void forward(List<Shape> inputs, LayerCall call) {
    layer.forward(inputs, call);
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    layer.backward(input, call);
  }

  @Override
  public void backward(List<Shape> inputs, LayerCall call) {
    layer.backward(inputs, call);
  }

  @Override
  public Config getConfig() {
    return layer.getConfig();
  }

  @Override
  public String operationModule() {
    return String.valueOf(serialized.get("module"));
  }

  @Override
  public String operation() {
    return String.valueOf(serialized.get("class_name"));
  }

  @Override
  public Config operationConfig() {
    return serialized.get("config") instanceof Config config
        ? config.without("name")
        : Config.empty();
  }

  @Override
  public List<Object> operationCall(List<Object> tensors) {
    Iterator<Object> next = tensors.iterator();
    return call(serialized).get("args") instanceof List<?> given ? filled(given, next) : tensors;
  }

  /** Returns arguments with the next tensors in the places of those that stand there. */
  private static List<Object> filled(List<?> given, Iterator<Object> next) {
    List<Object> arguments = new ArrayList<>();
    for (Object each : given) {
      arguments.add(
          each instanceof List<?> several
              ? filled(several, next)
              : each instanceof Config ? next.next() : each);
    }

    return arguments;
  }
}
