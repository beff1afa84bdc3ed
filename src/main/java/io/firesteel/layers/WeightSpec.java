package io.firesteel.layers;

import io.firesteel.constraints.Constraint;
import io.firesteel.initializers.Initializer;
import io.firesteel.regularizers.Regularizer;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A weight that a layer needs.
 *
 * <p>A weight with a momentum is a statistic: a moving average of what the layer measures in each
 * training step, moved by the driver once a step, {@code value * momentum + measured * (1 -
 * momentum)}.
 *
 * @param name the name within the layer, e.g. {@code kernel}
 * @param shape its shape
 * @param initializer its start values
 * @param regularizer its penalty, or null
 * @param constraint what it must satisfy after each update, or null
 * @param trainable whether gradients are computed for it
 * @param momentum how much of a statistic stays in each step; null for all other weights
 * @param rowSparse whether a batch touches few rows of its gradient, so that these may be summed up
 *     by themselves
 * @param part the part of the layer that has the weight in Keras, as a file names it, e.g. {@code
 *     cell}; empty for the layer itself
 */
public record WeightSpec(
    String name,
    Shape shape,
    Initializer initializer,
    @Nullable Regularizer regularizer,
    @Nullable Constraint constraint,
    boolean trainable,
    @Nullable Double momentum,
    boolean rowSparse,
    String part) {

  /**
   * Creates the description.
   *
   * @throws IllegalArgumentException if the regularizer or the constraint does not suit the shape
   */
  public WeightSpec {
    if (regularizer != null) {
      regularizer.checkShape(shape);
    }

    if (constraint != null) {
      constraint.checkShape(shape);
    }
  }

  /** Creates the description of a weight whose gradient is not row-sparse. */
  public WeightSpec(
      String name,
      Shape shape,
      Initializer initializer,
      @Nullable Regularizer regularizer,
      @Nullable Constraint constraint,
      boolean trainable,
      @Nullable Double momentum) {
    this(name, shape, initializer, regularizer, constraint, trainable, momentum, false, "");
  }

  /** Creates the description of a weight that is no statistic. */
  public WeightSpec(
      String name,
      Shape shape,
      Initializer initializer,
      @Nullable Regularizer regularizer,
      @Nullable Constraint constraint,
      boolean trainable) {
    this(name, shape, initializer, regularizer, constraint, trainable, null);
  }

  /** Returns the description of the same weight, of whose gradient a batch touches few rows. */
  public WeightSpec ofSparseRows() {
    return new WeightSpec(
        name, shape, initializer, regularizer, constraint, trainable, momentum, true, part);
  }

  /**
   * Returns the description of the same weight of a part of the layer, such as the {@code cell} of
   * an {@code LSTM} or the {@code query_dense} of a {@code MultiHeadAttention}: a file holds it in
   * a group of that name within the layer's. Parts within parts are separated by {@code /}.
   */
  public WeightSpec ofPart(String name) {
    return new WeightSpec(
        this.name,
        shape,
        initializer,
        regularizer,
        constraint,
        trainable,
        momentum,
        rowSparse,
        name);
  }

  /** Returns the description of the same weight as one of a layer that is a part of another. */
  WeightSpec withinPart(String outer) {
    return ofPart(part.isEmpty() ? outer : outer + "/" + part);
  }

  /** Tells whether this is a moving average of what the layer measures. */
  public boolean isStatistic() {
    return momentum != null;
  }
}
