package io.firesteel.internal.network;

import io.firesteel.regularizers.Regularizer;
import io.firesteel.tensor.Shape;
import java.util.Arrays;

/** The penalty on the output of one call of a layer with an {@code activity_regularizer}. */
final class ActivityPenalty {

  private final Regularizer regularizer;
  private float[] values = new float[0];
  private float[] gradient = new float[0];

  ActivityPenalty(Regularizer regularizer) {
    this.regularizer = regularizer;
  }

  /** Returns the penalty of the first values of an array. */
  double of(float[] output, int size) {
    if (values.length != size) {
      values = new float[size];
      gradient = new float[size];
    }

    System.arraycopy(output, 0, values, 0, size);
    return regularizer.call(Shape.of(size), values);
  }

  /** Adds the gradient of the penalty of the last call, times a factor. */
  void addGradient(float factor, float[] target) {
    Arrays.fill(gradient, 0.0f);
    regularizer.addGradient(Shape.of(gradient.length), values, gradient);
    for (int i = 0; i < gradient.length; i++) {
      target[i] += factor * gradient[i];
    }
  }
}
