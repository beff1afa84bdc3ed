package io.firesteel.internal.network;

import io.firesteel.internal.data.Batch;
import io.firesteel.losses.Loss;
import io.firesteel.metrics.Metric;
import io.firesteel.tensor.FloatOps;
import org.jspecify.annotations.Nullable;

/** The end of a pass at one output: losses, their gradients and metrics of a batch. */
final class LossPass {

  private final NetworkOutput output;
  private final Loss loss;
  private final Metric[] metrics;
  private final int width;
  private final int samplesPerRow;
  private final int labelsOfAll;
  private float[] labels = new float[0];
  private float[] losses = new float[0];
  private float[] ofSamples = new float[0];
  private long count;
  private double sumOfWeights;
  private double sumOfLosses;

  LossPass(NetworkOutput output, Loss loss, int labelsOfAll) {
    this.output = output;
    this.loss = loss;
    this.metrics = output.metrics().toArray(new Metric[0]);
    this.width = output.width();
    this.samplesPerRow = output.samplesPerRow();
    this.labelsOfAll = labelsOfAll;
  }

  NetworkOutput output() {
    return output;
  }

  /**
   * Computes the losses of a batch, adds up what is in it, and puts the sums of the metrics into
   * {@code state}, which holds zeros.
   *
   * @param mask which samples take part, or null for all
   * @param gradient filled with the gradient of each sample's loss, without weights, or null
   */
  void sums(
      Batch batch,
      float[] predictions,
      boolean @Nullable [] mask,
      float @Nullable [] gradient,
      double[] state) {
    int samples = batch.rows() * samplesPerRow;
    if (losses.length < samples) {
      losses = new float[samples];
    }

    float[] own = ownLabels(batch);
    loss.call(own, predictions, samples, width, losses, gradient);
    if (gradient != null) {
      FloatOps.flush(gradient, 0, samples * width);
    }

    update(batch, own, predictions, samples, mask, state);
    addUp(batch, own, samples, mask);
  }

  /** Returns the number of samples that took part. */
  long samples() {
    return count;
  }

  /** Returns the sum of their weights. */
  double weights() {
    return sumOfWeights;
  }

  /** Returns the sum of their weighted losses. */
  double losses() {
    return sumOfLosses;
  }

  private float[] ownLabels(Batch batch) {
    int labelWidth = output.labelWidth();
    if (labelWidth == labelsOfAll) {
      return batch.labels();
    }

    if (labels.length < batch.rows() * labelWidth) {
      labels = new float[batch.rows() * labelWidth];
    }

    for (int row = 0; row < batch.rows(); row++) {
      int from = row * labelsOfAll + output.firstLabel();
      System.arraycopy(batch.labels(), from, labels, row * labelWidth, labelWidth);
    }

    return labels;
  }

  /** Multiplies the gradient of each sample by its weight and the scale; 0 where it is masked. */
  void scaleGradient(Batch batch, boolean @Nullable [] mask, float[] gradient, float scale) {
    float[] weights = batch.weights();
    if (mask != null) {
      clearMasked(batch.rows() * samplesPerRow, mask, gradient);
    }

    if (weights == null && scale == 1.0f) {
      return;
    }

    int size = samplesPerRow * width;
    for (int row = 0; row < batch.rows(); row++) {
      float factor = weights == null ? scale : scale * weights[row];
      for (int i = row * size; i < (row + 1) * size; i++) {
        gradient[i] *= factor;
      }
    }
  }

  private void clearMasked(int samples, boolean[] mask, float[] gradient) {
    for (int sample = 0; sample < samples; sample++) {
      for (int i = sample * width; !mask[sample] && i < (sample + 1) * width; i++) {
        gradient[i] = 0.0f;
      }
    }
  }

  private void update(
      Batch batch,
      float[] own,
      float[] predictions,
      int samples,
      boolean @Nullable [] mask,
      double[] state) {
    int labelWidth = loss.labelWidth(width);
    int firstWeighted = output.firstWeightedMetric();
    float[] weights = firstWeighted == metrics.length ? null : sampleWeights(batch, samples, mask);
    int offset = output.firstState();
    for (int i = 0; i < metrics.length; i++) {
      Metric metric = metrics[i];
      float[] counted = i < firstWeighted ? null : weights;
      metric.update(own, labelWidth, predictions, width, samples, counted, state, offset);
      offset += metric.stateSize();
    }
  }

  private float @Nullable [] sampleWeights(Batch batch, int samples, boolean @Nullable [] mask) {
    float[] weights = batch.weights();
    if (weights == null || (samplesPerRow == 1 && mask == null)) {
      return weights;
    }

    if (ofSamples.length < samples) {
      ofSamples = new float[samples];
    }

    for (int i = 0; i < samples; i++) {
      ofSamples[i] = mask == null || mask[i] ? weights[i / samplesPerRow] : 0.0f;
    }

    return ofSamples;
  }

  private void addUp(Batch batch, float[] own, int samples, boolean @Nullable [] mask) {
    float[] weights = batch.weights();
    count = 0;
    sumOfWeights = 0.0;
    sumOfLosses = 0.0;
    for (int i = 0; i < samples; i++) {
      if (mask != null && !mask[i]) {
        continue;
      }

      float weight = weights == null ? 1.0f : weights[i / samplesPerRow];
      sumOfLosses += losses[i] * weight;
      if (loss.takesPart(own, i)) {
        count++;
        sumOfWeights += weight;
      }
    }
  }
}
