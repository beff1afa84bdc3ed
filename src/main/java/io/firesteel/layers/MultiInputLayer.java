package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.List;

/**
 * A layer that may take several inputs, such as {@link Concatenate}.
 *
 * @param <L> the layer's own class
 */
public abstract class MultiInputLayer<L extends MultiInputLayer<L>> extends KerasLayer<L> {

  /** Creates a layer. */
  protected MultiInputLayer(LayerOptions options) {
    super(options);
  }

  /**
   * Returns the names that Keras's {@code call} has for the inputs where each is an argument of its
   * own ({@code query}, {@code value}, {@code key}); empty where it takes them as a list.
   */
  public List<String> callNames() {
    return List.of();
  }

  @Override
  public abstract Shape computeOutputShape(List<Shape> inputs);

  @Override
  public List<WeightSpec> weights(List<Shape> inputs) {
    return List.of();
  }

  @Override
  public abstract void forward(List<Shape> inputs, LayerCall call);

  @Override
  public abstract void backward(List<Shape> inputs, LayerCall call);

  @Override
  public final Shape computeOutputShape(Shape input) {
    return computeOutputShape(List.of(input));
  }

  @Override
  public final List<WeightSpec> weights(Shape input) {
    return weights(List.of(input));
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    forward(List.of(input), call);
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    backward(List.of(input), call);
  }
}
