package io.firesteel.layers;

import io.firesteel.regularizers.Regularizer;
import io.firesteel.saving.KerasSerializable;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a network. A layer is immutable configuration: what it computes with comes in a
 * {@link LayerCall}, so that one layer may serve many shards at once, and may be called several
 * times in one model, with the same weights.
 *
 * <p>Shapes are those of one row, without the batch. A layer of one input implements the methods
 * that take a {@link Shape}; a layer of several extends {@link MultiInputLayer} and implements
 * those that take a list.
 */
public abstract class Layer implements KerasSerializable {

  private final @Nullable String name;
  private final boolean trainable;

  /**
   * Creates a layer.
   *
   * @param name the name, or null for one that the model makes from the class ({@code dense},
   *     {@code dense_1}, ...)
   */
  protected Layer(@Nullable String name, boolean trainable) {
    this.name = name;
    this.trainable = trainable;
  }

  /** Returns the given name, or null if the model is to make one. */
  public @Nullable String name() {
    return name;
  }

  /** Returns this layer under a name. The model calls it for a layer that has none. */
  public abstract Layer withName(String newName);

  /** Tells whether the layer's weights are trained. */
  public boolean trainable() {
    return trainable;
  }

  /** Returns this layer with its weights trained or not; layers inside it too. */
  public abstract Layer withTrainable(boolean value);

  /**
   * Returns the shape of one input row if the layer was given it ({@code inputShape}), else null.
   */
  public @Nullable Shape inputShape() {
    return null;
  }

  /**
   * Tells whether there is nothing to build, so that Keras's serialized form of the layer has no
   * {@code build_config}.
   */
  public boolean builtAtInit() {
    return false;
  }

  /**
   * Returns the penalty on the layer's output, or null: its value for the whole batch, divided by
   * the number of rows, is part of the loss.
   */
  public @Nullable Regularizer activityRegularizer() {
    return null;
  }

  /**
   * Calls the layer on the outputs of others, for a functional model. A layer that is called
   * several times has the same weights each time.
   *
   * @return the output of this call
   * @throws IllegalArgumentException if the layer does not take such inputs, or has several outputs
   */
  public final KerasTensor call(KerasTensor... inputs) {
    return KerasTensor.of(this, List.of(inputs), CallOptions.NONE);
  }

  /** Calls the layer as {@link #call(KerasTensor...)} does. */
  public final KerasTensor call(List<KerasTensor> inputs) {
    return KerasTensor.of(this, inputs, CallOptions.NONE);
  }

  /**
   * Calls the layer as {@link #call(KerasTensor...)} does, and returns all its outputs: those of
   * {@code LSTM.of(8).returnState(true)} are its output and its states.
   */
  public final List<KerasTensor> callForAll(KerasTensor... inputs) {
    return KerasTensor.node(this, List.of(inputs), CallOptions.NONE).outputs();
  }

  /**
   * Returns the shape of one output row.
   *
   * @throws IllegalArgumentException if the layer does not take such an input
   */
  public abstract Shape computeOutputShape(Shape input);

  /** Returns the weights for an input of that shape, in Keras's order. */
  public List<WeightSpec> weights(Shape input) {
    return List.of();
  }

  /** Fills {@code call.output()}. */
  public abstract void forward(Shape input, LayerCall call);

  /**
   * Fills the gradients of the weights, each the sum over the rows, and the gradient of the input,
   * from the gradient of the output.
   */
  public abstract void backward(Shape input, LayerCall call);

  /**
   * Returns the shape of one output row.
   *
   * @throws IllegalArgumentException if the layer does not take such inputs
   */
  public Shape computeOutputShape(List<Shape> inputs) {
    if (inputs.size() != 1) {
      throw new IllegalArgumentException(
          "%s takes one input. Received: %d".formatted(getClass().getSimpleName(), inputs.size()));
    }

    return computeOutputShape(inputs.get(0));
  }

  /**
   * Returns the shapes of one row of each output. A layer of several outputs returns from {@link
   * #computeOutputShape(List)} the shape of a row in which their values follow one another; that is
   * what {@link #forward(List, LayerCall)} fills. Its mask is that of the outputs that have more
   * dimensions than the mask.
   */
  public List<Shape> computeOutputShapes(List<Shape> inputs) {
    return List.of(computeOutputShape(inputs));
  }

  /** Returns the weights for inputs of those shapes, in Keras's order. */
  public List<WeightSpec> weights(List<Shape> inputs) {
    return weights(inputs.get(0));
  }

  /** Fills {@code call.output()} from all inputs. */
  public void forward(List<Shape> inputs, LayerCall call) {
    forward(inputs.get(0), call);
  }

  /** Fills the gradients of the weights and of all inputs. */
  public void backward(List<Shape> inputs, LayerCall call) {
    backward(inputs.get(0), call);
  }

  /**
   * Tells whether the mask of the layer's one input is also that of its output, as with layers that
   * compute each value or each step of time by itself: Keras's {@code supports_masking}.
   */
  public boolean supportsMasking() {
    return false;
  }

  /**
   * Returns the shape of one row of the output's mask, or null if the output has none.
   *
   * @param inputs the shapes of the inputs
   * @param masks the shape of each input's mask, null for one without
   */
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    return supportsMasking() ? masks.get(0) : null;
  }

  /**
   * Fills {@code call.outputMask()}, after {@link #forward(List, LayerCall)}; called only if {@link
   * #computeMaskShape} returns a shape. Unless overridden it copies the mask of the first input.
   */
  public void computeMask(List<Shape> inputs, LayerCall call) {
    boolean[] mask = call.mask(0);
    boolean[] output = call.outputMask();
    if (mask != null) {
      System.arraycopy(mask, 0, output, 0, Math.min(mask.length, output.length));
    }
  }
}
