package io.firesteel.layers;

import io.firesteel.constraints.Constraint;
import io.firesteel.initializers.Initializer;
import io.firesteel.regularizers.Regularizer;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A weight that a layer needs.
 *
 * @param name the name within the layer, e.g. {@code kernel}
 * @param shape its shape
 * @param initializer its start values
 * @param regularizer its penalty, or null
 * @param constraint what it must satisfy after each update, or null
 * @param trainable whether gradients are computed for it
 */
public record WeightSpec(
    String name,
    Shape shape,
    Initializer initializer,
    @Nullable Regularizer regularizer,
    @Nullable Constraint constraint,
    boolean trainable) {

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
}
