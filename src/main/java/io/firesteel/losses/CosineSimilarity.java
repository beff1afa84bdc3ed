package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The negative cosine of the angle between labels and predictions: -1 where they point the same
 * way, 1 where they point in opposite ways, 0 where one of them is 0. Vectors shorter than 1e-7
 * count as that much shorter than 1.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py. Differs from Keras: predictions that are all 0
 * have the gradient 0; Keras gives NaN; and an axis that is not the last stands in the config, for
 * Keras forgets it.
 */
final class CosineSimilarity extends SamplewiseLoss {

  private static final double LARGEST = 1e7;

  private final List<Integer> axes;

  CosineSimilarity(ConfigReader arguments) {
    super("cosine_similarity", arguments);
    this.axes = LossAxes.one(arguments);
  }

  @Override
  public Config getConfig() {
    Config config = super.getConfig();
    return axes.equals(LossAxes.LAST) ? config : config.with("axis", axes.get(0));
  }

  @Override
  public List<Integer> axes() {
    return axes;
  }

  @Override
  float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    double ofLabels = inverseNorm(labels, labelStart, width);
    double ofPredictions = inverseNorm(predictions, start, width);
    double cosine = 0.0;
    for (int j = 0; j < width; j++) {
      cosine += labels[labelStart + j] * ofLabels * (predictions[start + j] * ofPredictions);
    }

    if (gradient != null) {
      double along = ofPredictions < LARGEST ? cosine : 0.0;
      double scale = isZero(predictions, start, width) ? 0.0 : ofPredictions;
      for (int j = 0; j < width; j++) {
        double across =
            along * predictions[start + j] * ofPredictions - labels[labelStart + j] * ofLabels;
        gradient[start + j] = (float) (scale * across);
      }
    }

    return (float) -cosine;
  }

  private static double inverseNorm(float[] values, int start, int width) {
    double sum = 0.0;
    for (int j = start; j < start + width; j++) {
      sum += (double) values[j] * values[j];
    }

    return Math.min(1.0 / Math.sqrt(sum), LARGEST);
  }

  private static boolean isZero(float[] values, int start, int width) {
    for (int j = start; j < start + width; j++) {
      if (values[j] != 0f) {
        return false;
      }
    }

    return true;
  }
}
