package io.firesteel.internal.network;

import io.firesteel.internal.data.Batch;
import io.firesteel.losses.Loss;
import io.firesteel.metrics.Metric;
import io.firesteel.tensor.FloatOps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The end of a pass at one output: losses, their gradients and metrics of a batch.
 *
 * <p>A mask says which samples count in the loss, and in an evaluation also in those metrics that
 * heed it. In training no metric sees it: Keras 3.15 on JAX hands metrics predictions without their
 * mask there.
 */
final class LossPass {

  private final NetworkOutput output;
  private final Loss loss;
  private final Metric[] metrics;
  private final int width;
  private final int lossWidth;
  private final int samplesPerRow;
  private final @Nullable SampleOrder order;
  private final int labelsOfAll;
  private final int firstWeight;
  private final int weightsOfAll;
  private float[] weightsOfSamples = new float[0];
  private float @Nullable [] weights;
  private int weightWidth = 1;
  private float[] labels = new float[0];
  private float[] losses = new float[0];
  private final float[][] countsOfSamples = new float[4][0];
  private final boolean[] counted = new boolean[4];
  private long count;
  private double sumOfWeights;
  private double sumOfLosses;

  /**
   * Creates a pass.
   *
   * @param firstWeight the number of samples of a row of the outputs before this one
   * @param network the network, of whose outputs this is one
   */
  LossPass(NetworkOutput output, Loss loss, int firstWeight, Network network) {
    this.output = output;
    this.loss = loss;
    this.metrics = output.metrics().toArray(new Metric[0]);
    this.width = output.width();
    this.lossWidth = output.lossWidth();
    this.order = output.order();
    this.samplesPerRow = output.samplesPerRow();
    this.labelsOfAll = network.labelWidth();
    this.firstWeight = firstWeight;
    this.weightsOfAll = network.objectives().samplesPerRow();
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

    takeWeights(batch);
    float[] own = ownLabels(batch);
    float[] labelsOfSamples = output.inSamples(own, batch.rows());
    call(batch.rows(), labelsOfSamples, predictions, samples, gradient);
    if (gradient != null) {
      FloatOps.flush(gradient, 0, samples * lossWidth);
    }

    int measured = batch.rows() * (output.shape().size() / width);
    update(own, predictions, measured, gradient == null ? mask : null, state);
    addUp(labelsOfSamples, samples, mask);
  }

  private void call(
      int rows, float[] own, float[] predictions, int samples, float @Nullable [] gradient) {
    if (order == null) {
      loss.call(own, predictions, samples, lossWidth, losses, gradient);
      return;
    }

    float[] gathered = order.gather(predictions, rows);
    float[] ofSamples = gradient == null ? null : new float[gathered.length];
    loss.call(own, gathered, samples, lossWidth, losses, ofSamples);
    if (gradient != null && ofSamples != null) {
      order.scatter(ofSamples, rows, gradient);
    }
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

  /** Takes a weight a row, or one for each sample of this output or of all outputs. */
  private void takeWeights(Batch batch) {
    weights = batch.weights();
    weightWidth = batch.weightWidth();
    float[] all = batch.weights();
    if (all == null || weightWidth == 1 || weightWidth == samplesPerRow) {
      return;
    }

    int samples = batch.rows() * samplesPerRow;
    if (weightsOfSamples.length < samples) {
      weightsOfSamples = new float[samples];
    }

    for (int row = 0; row < batch.rows(); row++) {
      int from = row * weightsOfAll + firstWeight;
      System.arraycopy(all, from, weightsOfSamples, row * samplesPerRow, samplesPerRow);
    }

    weights = weightsOfSamples;
    weightWidth = samplesPerRow;
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
    if (mask != null) {
      clearMasked(batch.rows() * samplesPerRow, mask, gradient);
    }

    if (weights == null && scale == 1.0f) {
      return;
    }

    if (order != null && weightWidth > 1 && weights != null) {
      scaleSamples(batch.rows(), weights, order, gradient, scale);
      return;
    }

    int runs = batch.rows() * weightWidth;
    int size = samplesPerRow * lossWidth / weightWidth;
    for (int run = 0; run < runs; run++) {
      float factor = weights == null ? scale : scale * weights[run];
      for (int i = run * size; i < (run + 1) * size; i++) {
        gradient[i] *= factor;
      }
    }
  }

  private void scaleSamples(
      int rows, float[] weights, SampleOrder samples, float[] gradient, float scale) {
    float[] ofSamples = samples.gather(gradient, rows);
    for (int i = 0; i < rows * samplesPerRow * lossWidth; i++) {
      ofSamples[i] *= scale * weights[i / lossWidth];
    }

    samples.scatter(ofSamples, rows, gradient);
  }

  private void clearMasked(int samples, boolean[] mask, float[] gradient) {
    for (int sample = 0; sample < samples; sample++) {
      for (int i = sample * width; !mask[sample] && i < (sample + 1) * width; i++) {
        gradient[i] = 0.0f;
      }
    }
  }

  private void update(
      float[] own, float[] predictions, int samples, boolean @Nullable [] mask, double[] state) {
    int labelWidth = order == null ? loss.labelWidth(width) : width;
    int firstWeighted = output.firstWeightedMetric();
    int offset = output.firstState();
    Arrays.fill(counted, false);
    for (int i = 0; i < metrics.length; i++) {
      Metric metric = metrics[i];
      float[] counts = counts(samples, i >= firstWeighted, metric.heedsMask() ? mask : null);
      metric.update(own, labelWidth, predictions, width, samples, counts, state, offset);
      offset += metric.stateSize();
    }
  }

  /** Returns how much each sample counts in a metric, or null where all count 1. */
  private float @Nullable [] counts(int samples, boolean weighted, boolean @Nullable [] mask) {
    float[] given = weighted ? weights : null;
    int run = output.shape().size() / width / weightWidth;
    if (mask == null && (given == null || run == 1)) {
      return given;
    }

    int kind = (given == null ? 0 : 1) + (mask == null ? 0 : 2);
    if (counted[kind]) {
      return countsOfSamples[kind];
    }

    float[] counts = countsOfSamples[kind];
    if (counts.length < samples) {
      counts = new float[samples];
      countsOfSamples[kind] = counts;
    }

    for (int i = 0; i < samples; i++) {
      float weight = given == null ? 1.0f : given[i / run];
      counts[i] = mask == null || mask[i] ? weight : 0.0f;
    }

    counted[kind] = true;
    return counts;
  }

  private void addUp(float[] own, int samples, boolean @Nullable [] mask) {
    int run = samplesPerRow / weightWidth;
    count = 0;
    sumOfWeights = 0.0;
    sumOfLosses = 0.0;
    for (int i = 0; i < samples; i++) {
      if (mask != null && !mask[i]) {
        continue;
      }

      float weight = weights == null ? 1.0f : weights[i / run];
      sumOfLosses += losses[i] * weight;
      if (loss.takesPart(own, i)) {
        count++;
        sumOfWeights += weight;
      }
    }
  }
}
