package io.firesteel.metrics;

import org.jspecify.annotations.Nullable;

/** Comparisons of the scores of one sample, one score a class. */
final class Classes {

  private Classes() {}

  /** Returns the index of the largest score, the first of equals; of the first NaN if any. */
  static int argmax(float[] scores, int start, int width) {
    int best = 0;
    for (int j = 0; j < width; j++) {
      float score = scores[start + j];
      if (Float.isNaN(score)) {
        return j;
      }

      if (score > scores[start + best]) {
        best = j;
      }
    }

    return best;
  }

  /**
   * Tells whether fewer than {@code k} scores are larger than that of the target. Equals are all
   * in; the score NaN counts as the smallest, and a target that is no class is never in.
   *
   * <p>Source: Keras 3.15, keras/src/backend/jax/math.py.
   */
  static boolean inTopK(float target, float[] scores, int start, int width, long k) {
    if (!(target >= 0f && target < width)) {
      return false;
    }

    float own = scores[start + (int) target];
    float bound = Float.isNaN(own) ? Float.NEGATIVE_INFINITY : own;
    long rank = 1;
    for (int j = start; j < start + width; j++) {
      rank += scores[j] > bound ? 1 : 0;
    }

    return rank <= k;
  }

  /** Returns what is wrong with widths where labels are class indices, or null. */
  static @Nullable String checkIndices(Metric metric, int labelWidth, int width) {
    if (labelWidth != 1) {
      return "%s needs labels of width 1, class indices. Received: labels of width %d"
          .formatted(metric.name(), labelWidth);
    }

    return checkClasses(metric, width);
  }

  /** Returns what is wrong with widths where labels are scores of classes, or null. */
  static @Nullable String checkScores(Metric metric, int labelWidth, int width) {
    String classes = checkClasses(metric, width);
    return classes == null ? checkEqual(metric, labelWidth, width) : classes;
  }

  /** Returns what is wrong with widths that must be equal, or null. */
  static @Nullable String checkEqual(Metric metric, int labelWidth, int width) {
    return labelWidth == width
        ? null
        : "%s needs labels as wide as the predictions. Received: labels of width %d, predictions of width %d"
            .formatted(metric.name(), labelWidth, width);
  }

  private static @Nullable String checkClasses(Metric metric, int width) {
    return width >= 2
        ? null
        : "%s needs 2 predictions a sample or more, one a class. Received: %d"
            .formatted(metric.name(), width);
  }
}
