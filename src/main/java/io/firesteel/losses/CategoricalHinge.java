package io.firesteel.losses;

import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The margin by which the label's class leads, {@code max(neg - pos + 1, 0)} with {@code pos =
 * sum(y p)} and {@code neg = max((1 - y) p)}. Where several share the maximum, they share its
 * gradient.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py. Stricter than Keras: labels must be in [-1,
 * 1], of which 1 is meant to be at one class, and 0 or -1 at the others.
 */
final class CategoricalHinge extends SamplewiseLoss {

  CategoricalHinge(ConfigReader arguments) {
    super("categorical_hinge", arguments);
  }

  @Override
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
    return Labels.around(name(), labels, samples * predictionWidth);
  }

  @Override
  float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    double positive = 0.0;
    float negative = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < width; j++) {
      float label = labels[labelStart + j];
      positive += label * predictions[start + j];
      negative = Math.max(negative, (1f - label) * predictions[start + j]);
    }

    float margin = negative - (float) positive + 1f;
    if (gradient != null) {
      float share = 1f / ties(negative, labels, labelStart, predictions, start, width);
      for (int j = 0; j < width; j++) {
        float rest = 1f - labels[labelStart + j];
        float ofNegative = rest * predictions[start + j] == negative ? rest * share : 0f;
        gradient[start + j] = Clip.slopeAboveZero(margin) * (ofNegative - labels[labelStart + j]);
      }
    }

    return Math.max(margin, 0f);
  }

  private static int ties(
      float maximum, float[] labels, int labelStart, float[] predictions, int start, int width) {
    int ties = 0;
    for (int j = 0; j < width; j++) {
      ties += (1f - labels[labelStart + j]) * predictions[start + j] == maximum ? 1 : 0;
    }

    return ties;
  }
}
