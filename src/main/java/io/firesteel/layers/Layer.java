package io.firesteel.layers;

import io.firesteel.saving.KerasSerializable;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a network. A layer is immutable configuration: what it computes with comes in a
 * {@link LayerCall}, so that one layer may serve many shards at once.
 *
 * <p>Shapes are those of one row, without the batch.
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

  /**
   * Returns the shape of one input row if the layer was given it ({@code inputShape}), else null.
   */
  public @Nullable Shape inputShape() {
    return null;
  }

  /** Tells whether the layer computes: an input layer does not, it says a shape only. */
  public boolean isInput() {
    return false;
  }

  /** Tells whether this is an input layer of rows that are held by their entries. */
  public boolean isSparse() {
    return false;
  }

  /**
   * Tells whether the layer can come first in a model with a sparse input, and then works with
   * {@link LayerCall#sparseInput}.
   */
  public boolean takesSparse() {
    return false;
  }

  /**
   * Tells whether there is nothing to build, so that Keras's serialized form of the layer has no
   * {@code build_config}.
   */
  public boolean builtAtInit() {
    return false;
  }

  /**
   * Returns the name of an earlier layer whose output this layer reads too, see {@link
   * LayerCall#skipInput}; null for none.
   */
  public @Nullable String skipFrom() {
    return null;
  }

  /**
   * Checks the output of the layer {@link #skipFrom}.
   *
   * @param source the shape of one row of it
   * @throws IllegalArgumentException if this layer does not take it
   */
  public void checkSkip(Shape source) {}

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

  /**
   * Returns the weights for a sparse input of that shape, in the same order; those of which few
   * rows have a gradient are {@link WeightSpec#rowSparse}.
   */
  public List<WeightSpec> sparseWeights(Shape input) {
    return weights(input);
  }

  /**
   * Returns the names of integers that Keras saves behind the weights and does not use; they are 0.
   */
  public List<String> savedCounters() {
    return List.of();
  }

  /** Fills {@code call.output()}. */
  public abstract void forward(Shape input, LayerCall call);

  /**
   * Fills the gradients of the weights, each the sum over the rows, and the gradient of the input,
   * from the gradient of the output.
   */
  public abstract void backward(Shape input, LayerCall call);
}
