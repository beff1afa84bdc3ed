package io.firesteel.losses;

import org.jspecify.annotations.Nullable;

/** A loss that is the mean over a sample's predictions of what is written down for one of them. */
abstract class ElementwiseLoss extends SamplewiseLoss {

  ElementwiseLoss(Builder<?> builder) {
    super(builder);
  }

  /** Returns the loss of one prediction. */
  abstract float value(float label, float prediction);

  /** Returns the derivative of {@link #value} with respect to the prediction. */
  abstract float slope(float label, float prediction);

  @Override
  final float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    double sum = 0.0;
    for (int j = 0; j < width; j++) {
      float label = labels[labelStart + j];
      float prediction = predictions[start + j];
      sum += value(label, prediction);
      if (gradient != null) {
        gradient[start + j] = slope(label, prediction) / width;
      }
    }

    return (float) (sum / width);
  }
}
