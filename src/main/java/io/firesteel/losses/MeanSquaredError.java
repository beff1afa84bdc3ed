package io.firesteel.losses;

import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The mean of squared differences, {@code mean((y - p)^2)}, with the gradient {@code 2 (p - y) /
 * width}.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py.
 */
final class MeanSquaredError extends SamplewiseLoss {

  MeanSquaredError(ConfigReader arguments) {
    super("mean_squared_error", arguments);
  }

  @Override
  float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    float slope = 2f / width;
    double sum = 0.0;
    for (int j = 0; j < width; j++) {
      float error = predictions[start + j] - labels[labelStart + j];
      sum += error * error;
      if (gradient != null) {
        gradient[start + j] = slope * error;
      }
    }

    return (float) (sum / width);
  }
}
