package io.firesteel.metrics;

import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/** A share of samples that are right, written down for one sample: an accuracy. */
abstract class SamplewiseMetric extends MeanMetric {

  SamplewiseMetric(String name, ConfigReader arguments) {
    super(name, arguments);
  }

  /**
   * Returns the value of one sample.
   *
   * @param labelStart where the sample's label begins
   * @param start where the sample's predictions begin
   */
  abstract double value(
      float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width);

  @Override
  public final boolean higherIsBetter() {
    return true;
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
      double value = value(labels, i * labelWidth, labelWidth, predictions, i * width, width);
      add(value, weights == null ? 1.0 : weights[i], state, offset);
    }
  }
}
