package io.firesteel.internal.network;

import io.firesteel.internal.data.Batch;
import io.firesteel.losses.Loss;
import io.firesteel.metrics.Metric;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The end of a pass: losses, their gradients and metrics of the predictions of a batch. */
final class LossPass {

  private final Network network;
  private final Loss loss;
  private final Metric[] metrics;
  private final int width;
  private final int samplesPerRow;
  private final int firstWeighted;
  private float[] losses = new float[0];
  private float[] ofSamples = new float[0];

  LossPass(Network network) {
    this.network = network;
    this.loss = network.loss();
    this.metrics = network.metrics().toArray(new Metric[0]);
    this.firstWeighted = network.firstWeightedMetric();
    this.width = network.outputWidth();
    this.samplesPerRow = network.samplesPerRow();
  }

  void check(Batch batch) {
    int rows = batch.rows();
    ArrayChecks.requireFeatures(network, batch.features(), batch.sparse(), rows);
    ArrayChecks.requireLength("labels", batch.labels(), rows, network.labelWidth());
    float[] weights = batch.weights();
    if (weights != null) {
      ArrayChecks.requireLength("weights", weights, rows, 1);
    }
  }

  /**
   * Puts the totals of a batch into {@code totals}.
   *
   * @param gradient filled with the gradient of each sample's loss, without weights, or null
   */
  void totals(Batch batch, float[] predictions, float @Nullable [] gradient, Totals totals) {
    int samples = batch.rows() * samplesPerRow;
    if (losses.length < samples) {
      losses = new float[samples];
    }

    loss.call(batch.labels(), predictions, samples, width, losses, gradient);
    double[] state = totals.metrics();
    Arrays.fill(state, 0.0);
    update(batch, predictions, samples, state);
    addUp(batch, samples, totals);
  }

  /** Multiplies the gradient of each sample by its weight and the scale. */
  void scaleGradient(Batch batch, float[] gradient, float lossScale) {
    float[] weights = batch.weights();
    if (weights == null && lossScale == 1.0f) {
      return;
    }

    int size = samplesPerRow * width;
    for (int row = 0; row < batch.rows(); row++) {
      float factor = weights == null ? lossScale : lossScale * weights[row];
      for (int i = row * size; i < (row + 1) * size; i++) {
        gradient[i] *= factor;
      }
    }
  }

  private void update(Batch batch, float[] predictions, int samples, double[] state) {
    int labelWidth = loss.labelWidth(width);
    float[] weights = firstWeighted == metrics.length ? null : sampleWeights(batch, samples);
    int offset = 0;
    for (int i = 0; i < metrics.length; i++) {
      Metric metric = metrics[i];
      float[] own = i < firstWeighted ? null : weights;
      metric.update(batch.labels(), labelWidth, predictions, width, samples, own, state, offset);
      offset += metric.stateSize();
    }
  }

  private float @Nullable [] sampleWeights(Batch batch, int samples) {
    float[] weights = batch.weights();
    if (weights == null || samplesPerRow == 1) {
      return weights;
    }

    if (ofSamples.length < samples) {
      ofSamples = new float[samples];
    }

    for (int i = 0; i < samples; i++) {
      ofSamples[i] = weights[i / samplesPerRow];
    }

    return ofSamples;
  }

  private void addUp(Batch batch, int samples, Totals totals) {
    float[] labels = batch.labels();
    float[] weights = batch.weights();
    long count = 0;
    double sumOfWeights = 0.0;
    double sumOfLosses = 0.0;
    for (int i = 0; i < samples; i++) {
      float weight = weights == null ? 1.0f : weights[i / samplesPerRow];
      sumOfLosses += losses[i] * weight;
      if (loss.takesPart(labels, i)) {
        count++;
        sumOfWeights += weight;
      }
    }

    totals.set(batch.rows(), count, sumOfWeights, sumOfLosses);
  }
}
