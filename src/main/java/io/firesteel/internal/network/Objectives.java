package io.firesteel.internal.network;

import io.firesteel.losses.Loss;
import io.firesteel.losses.Reduction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The losses of a network's outputs and the penalties on its layers' outputs, as sums that shards
 * add up and as the numbers that they make.
 *
 * <p>The sums of the first output are {@link Totals#samples}, {@link Totals#weights} and {@link
 * Totals#loss}. Behind the sums of the metrics stand the same three of each further output, and the
 * sum of the penalties.
 *
 * <p>Gradients of all outputs are added up together and divided once, so that what they are divided
 * by must be the same up to factors that are known beforehand.
 */
public final class Objectives {

  private static final int SUMS = 3;
  private static final int OF_BATCH = 4;

  private final String modelName;
  private final List<NetworkOutput> outputs = new ArrayList<>();
  private final int first;
  private final boolean hasActivity;
  private final boolean perBatch;

  Objectives(Network network, boolean hasActivity) {
    this.modelName = network.modelName();
    network.outputs().stream().filter(output -> output.loss() != null).forEach(outputs::add);
    this.first = network.outputs().stream().mapToInt(NetworkOutput::stateSize).sum();
    this.hasActivity = hasActivity;
    this.perBatch =
        outputs.stream().anyMatch(output -> output.isMasked() || !loss(output).isMeanOfSamples());
    requireOneDivisor();
  }

  private void requireOneDivisor() {
    Set<Reduction> reductions = new HashSet<>();
    outputs.forEach(output -> reductions.add(plain(loss(output).reduction())));
    if (reductions.size() > 1) {
      throw new IllegalArgumentException(
          "The losses of all outputs of the model %s must have the same reduction. Received: %s"
              .formatted(modelName, reductions));
    }

    if (hasActivity && !reductions.equals(Set.of(Reduction.SUM_OVER_BATCH_SIZE))) {
      throw new IllegalArgumentException(
          "An activity_regularizer needs losses with the reduction sum_over_batch_size. Received for the model %s: %s"
              .formatted(modelName, reductions));
    }
  }

  private static Reduction plain(Reduction reduction) {
    return reduction == Reduction.MEAN ? Reduction.SUM_OVER_BATCH_SIZE : reduction;
  }

  private static Loss loss(NetworkOutput output) {
    return Objects.requireNonNull(output.loss());
  }

  private boolean isSingle() {
    return outputs.size() == 1;
  }

  /** Returns the number of sums of metrics and losses together. */
  int size() {
    return first + SUMS * Math.max(0, outputs.size() - 1) + (hasActivity ? 1 : 0);
  }

  /**
   * Tells whether the loss of an evaluation has to be made batch by batch, see {@link
   * Loss#isMeanOfSamples}, or as a mask says which samples of a batch count. Then the totals of an
   * evaluation have behind their other sums those of each batch: its rows, samples, weights,
   * losses, and what stands behind the sums of metrics.
   */
  public boolean isPerBatch() {
    return perBatch;
  }

  private int sumsOfBatch() {
    return OF_BATCH + size() - first;
  }

  /** Returns totals of no rows for an evaluation in so many batches. */
  public Totals newTotals(int batches) {
    return Totals.zeros(size() + (isPerBatch() ? batches * sumsOfBatch() : 0));
  }

  /** Adds rows of a batch to the totals of an evaluation. */
  public void add(Totals ofRows, int batch, Totals evaluation) {
    double[] sums = evaluation.metrics();
    int at = size() + batch * sumsOfBatch();
    evaluation.add(ofRows);
    sums[at] += ofRows.rows();
    sums[at + 1] += ofRows.samples();
    sums[at + 2] += ofRows.weights();
    sums[at + 3] += ofRows.loss();
    for (int i = first; i < size(); i++) {
      sums[at + OF_BATCH + i - first] += ofRows.metrics()[i];
    }
  }

  private Totals ofBatch(Totals evaluation, int at) {
    double[] sums = evaluation.metrics();
    double[] own = new double[size()];
    System.arraycopy(sums, at + OF_BATCH, own, first, size() - first);
    return new Totals(own, (long) sums[at], (long) sums[at + 1], sums[at + 2], sums[at + 3]);
  }

  /** Returns what the gradient of an output's losses is multiplied by before it is added up. */
  float gradientFactor(int k) {
    NetworkOutput output = outputs.get(k);
    double weight = output.objective().weight();
    boolean sum = loss(output).reduction() == Reduction.SUM;
    return (float) (isSingle() || sum ? weight : weight / output.samplesPerRow());
  }

  /** Returns the same of the penalties on outputs of layers. */
  float activityFactor() {
    return isSingle() ? outputs.get(0).samplesPerRow() : 1.0f;
  }

  /** Puts in what a batch gave at an output. */
  void put(int k, int rows, LossPass pass, Totals totals) {
    long expected = (long) rows * outputs.get(k).samplesPerRow();
    if ((!isSingle() || hasActivity) && pass.samples() != expected) {
      throw new IllegalArgumentException(
          "All samples must count where a model has several outputs or an activity_regularizer; a mask or ignore_class leaves out %d of %d samples of the output '%s'"
              .formatted(expected - pass.samples(), expected, outputs.get(k).name()));
    }

    if (k == 0) {
      totals.set(rows, pass.samples(), pass.weights(), pass.losses());
    } else {
      int at = first + SUMS * (k - 1);
      totals.metrics()[at] = pass.samples();
      totals.metrics()[at + 1] = pass.weights();
      totals.metrics()[at + 2] = pass.losses();
    }
  }

  void addActivity(double penalty, Totals totals) {
    if (hasActivity) {
      totals.metrics()[size() - 1] += penalty;
    }
  }

  /** Returns what sums of gradients are divided by. */
  public double divisor(Totals totals) {
    if (outputs.isEmpty()) {
      return totals.rows();
    }

    NetworkOutput output = outputs.get(0);
    double divisor = loss(output).reduction().divisor(totals.samples(), totals.weights());
    boolean sum = loss(output).reduction() == Reduction.SUM;
    return isSingle() || sum ? divisor : divisor / output.samplesPerRow();
  }

  /** Returns the samples of a row of all outputs that have a loss. */
  public int samplesPerRow() {
    return outputs.stream().mapToInt(NetworkOutput::samplesPerRow).sum();
  }

  /** Returns the number of outputs that have a loss. */
  public int losses() {
    return outputs.size();
  }

  /** Returns the name of an output that has a loss. */
  public String name(int k) {
    return outputs.get(k).name();
  }

  /** Returns the reduced loss of one output, without its weight. */
  public double loss(int k, Totals totals) {
    return totals.metrics().length > size()
        ? meanOfBatches(totals, batch -> lossOfBatch(k, batch))
        : lossOfBatch(k, totals);
  }

  private double lossOfBatch(int k, Totals totals) {
    Reduction reduction = loss(outputs.get(k)).reduction();
    if (k == 0) {
      return reduction.reduce(totals.loss(), totals.samples(), totals.weights());
    }

    int at = first + SUMS * (k - 1);
    double[] all = totals.metrics();
    return reduction.reduce(all[at + 2], (long) all[at], all[at + 1]);
  }

  /** Returns the weighted sum of all losses, with the penalties on outputs of layers. */
  public double loss(Totals totals) {
    return totals.metrics().length > size()
        ? meanOfBatches(totals, this::lossOfBatch)
        : lossOfBatch(totals);
  }

  private double meanOfBatches(Totals evaluation, ToDoubleFunction<Totals> ofBatch) {
    double sum = 0.0;
    for (int at = size(); at < evaluation.metrics().length; at += sumsOfBatch()) {
      Totals batch = ofBatch(evaluation, at);
      sum += ofBatch.applyAsDouble(batch) * batch.rows();
    }

    return sum / evaluation.rows();
  }

  private double lossOfBatch(Totals totals) {
    double total = 0.0;
    for (int k = 0; k < outputs.size(); k++) {
      double weight = outputs.get(k).objective().weight();
      double loss = lossOfBatch(k, totals);
      total += weight == 1.0 ? loss : weight * loss;
    }

    return hasActivity && totals.rows() > 0
        ? total + totals.metrics()[size() - 1] / totals.rows()
        : total;
  }
}
