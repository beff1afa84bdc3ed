package io.firesteel.metrics;

import io.firesteel.losses.Loss;
import org.jspecify.annotations.Nullable;

/** The mean of a loss over samples. */
abstract class LossMetric extends MeanMetric {

  private final Loss loss;

  LossMetric(Builder<?> builder, Loss loss) {
    super(builder);
    this.loss = loss;
  }

  @Override
  public final @Nullable String checkWidths(int labelWidth, int width) {
    return loss.labelWidth(width) == labelWidth
        ? null
        : "%s needs labels of width %d for predictions of width %d. Received: labels of width %d"
            .formatted(name(), loss.labelWidth(width), width, labelWidth);
  }

  @Override
  public final void update(
      float[] labels,
      int labelWidth,
      float[] predictions,
      int width,
      int samples,
      float @Nullable [] weights,
      double[] state,
      int offset) {
    for (int i = 0; i < samples; i++) {
      float value = loss.value(labels, i * labelWidth, predictions, i * width, width);
      add(value, weight(labels, i, weights), state, offset);
    }
  }

  /* Keras masks the samples that take no part if there are weights, and only then. */
  private double weight(float[] labels, int sample, float @Nullable [] weights) {
    if (weights == null) {
      return 1.0;
    }

    return loss.takesPart(labels, sample) ? weights[sample] : 0.0;
  }
}
