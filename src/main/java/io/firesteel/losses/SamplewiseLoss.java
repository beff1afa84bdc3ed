package io.firesteel.losses;

import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/** A loss that is written down for one sample. */
abstract class SamplewiseLoss extends Loss {

  SamplewiseLoss(String name, ConfigReader arguments) {
    super(name, arguments);
  }

  /**
   * Returns the loss of one sample, and fills in its gradient.
   *
   * @param labelStart where the sample's label begins
   * @param start where the sample's predictions begin, and its gradient
   */
  abstract float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient);

  @Override
  public final float value(
      float[] labels, int labelStart, float[] predictions, int start, int width) {
    return sample(labels, labelStart, predictions, start, width, null);
  }

  @Override
  public final void call(
      float[] labels,
      float[] predictions,
      int samples,
      int width,
      float[] losses,
      float @Nullable [] gradient) {
    int labelWidth = labelWidth(width);
    for (int i = 0; i < samples; i++) {
      losses[i] = sample(labels, i * labelWidth, predictions, i * width, width, gradient);
    }
  }
}
