package io.firesteel.losses;

import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The crossentropy {@code -sum(y log(p))} of a distribution over classes, the labels one-hot or
 * soft.
 *
 * <p>Label smoothing {@code s} replaces {@code y} by {@code y (1 - s) + s / width}. Probabilities
 * are divided by their sum and clipped to [1e-7, 1 - 1e-7], outside of which the gradient is 0;
 * with {@code from_logits}, {@code p} is the softmax of the predictions and nothing is clipped.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py and keras/src/backend/jax/nn.py. Stricter than
 * Keras: labels must be distributions, and there must be two classes or more; label smoothing needs
 * the last axis.
 */
public final class CategoricalCrossentropy extends SmoothedCrossentropy {

  private static final double SUM_TOLERANCE = 1e-3;

  CategoricalCrossentropy(ConfigReader arguments) {
    super("categorical_crossentropy", arguments);
    requireLastAxis(arguments.owner(), "label_smoothing", labelSmoothing, labelSmoothing != 0);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String remedy(int given, int predictionWidth) {
    return Labels.remedyForClassNumbers(given);
  }

  @Override
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
    if (predictionWidth < 2) {
      return "%s needs 2 predictions a sample or more, one a class. Received: %d"
          .formatted(name(), predictionWidth);
    }

    for (int i = 0; i < samples; i++) {
      double sum = 0.0;
      for (int j = i * predictionWidth; j < (i + 1) * predictionWidth; j++) {
        if (!(labels[j] >= 0f && Float.isFinite(labels[j]))) {
          return "the label %s is not allowed for %s: labels must be probabilities, one a class"
              .formatted(labels[j], name());
        }

        sum += labels[j];
      }

      if (Math.abs(sum - 1.0) > SUM_TOLERANCE) {
        return "a label with the sum %s is not allowed for %s: the %d values of a label must add up to 1"
            .formatted(sum, name(), predictionWidth);
      }
    }

    return null;
  }

  @Override
  float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    float scale = (float) (1.0 - labelSmoothing);
    float shift = (float) labelSmoothing / width;
    return fromLogits
        ? ofLogits(labels, labelStart, scale, shift, predictions, start, width, gradient)
        : ofProbabilities(labels, labelStart, scale, shift, predictions, start, width, gradient);
  }

  private static float ofLogits(
      float[] labels,
      int labelStart,
      float scale,
      float shift,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    float max = Probabilities.max(predictions, start, width);
    double sum = Probabilities.expSum(predictions, start, width, max, gradient);
    float logSum = (float) StrictMath.log(sum);
    double loss = 0.0;
    double mass = 0.0;
    for (int j = 0; j < width; j++) {
      float label = labels[labelStart + j] * scale + shift;
      loss -= label * (predictions[start + j] - max - logSum);
      mass += label;
    }

    if (gradient != null) {
      for (int j = 0; j < width; j++) {
        float label = labels[labelStart + j] * scale + shift;
        gradient[start + j] = (float) (gradient[start + j] / sum * mass - label);
      }
    }

    return (float) loss;
  }

  private static float ofProbabilities(
      float[] labels,
      int labelStart,
      float scale,
      float shift,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    float sum = Probabilities.sum(predictions, start, width);
    double loss = 0.0;
    double mean = 0.0;
    for (int j = 0; j < width; j++) {
      float label = labels[labelStart + j] * scale + shift;
      float share = predictions[start + j] / sum;
      float p = Probabilities.clip(share);
      loss -= label * Probabilities.log(p);
      if (gradient != null) {
        float slope = -label / p * Probabilities.slope(share);
        mean += slope * share;
        gradient[start + j] = slope;
      }
    }

    if (gradient != null) {
      for (int j = 0; j < width; j++) {
        gradient[start + j] = (float) ((gradient[start + j] - mean) / sum);
      }
    }

    return (float) loss;
  }

  /** Collects the arguments. */
  public static final class Builder
      extends SmoothedCrossentropy.Builder<CategoricalCrossentropy, Builder> {
    private Builder() {
      super("CategoricalCrossentropy", CategoricalCrossentropy::new);
    }
  }
}
