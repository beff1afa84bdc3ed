package io.firesteel.internal.network;

import io.firesteel.losses.Loss;
import io.firesteel.metrics.Metric;
import io.firesteel.metrics.Metrics;
import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One output of a network, what is measured of it, and which labels are its. */
public final class NetworkOutput {

  private final String name;
  private final int node;
  private final Shape shape;
  private final Objective objective;
  private final List<Metric> metrics;
  private final int firstLabel;
  private final int firstState;
  private final int labelWidth;
  private final boolean masked;
  private final @Nullable SampleOrder order;

  NetworkOutput(
      String name, int place, Node node, Objective objective, int firstLabel, int firstState) {
    this.name = name;
    this.node = place;
    this.shape = node.output();
    this.masked = node.keepsMask() && node.mask() != null;
    this.objective = objective;
    this.firstLabel = firstLabel;
    this.firstState = firstState;
    this.metrics =
        Stream.concat(objective.metrics().stream(), objective.weightedMetrics().stream())
            .map(metric -> metric.forWidth(width()))
            .toList();
    Loss loss = objective.loss();
    this.order = loss == null ? null : SampleOrder.of(loss, name, shape);
    this.labelWidth = loss == null ? 0 : samplesPerRow() * loss.labelWidth(lossWidth());
    requireAlongLastAxis(loss);
  }

  private void requireAlongLastAxis(@Nullable Loss loss) {
    if (loss == null || order == null) {
      return;
    }

    boolean indices = loss.labelWidth(lossWidth()) != lossWidth();
    if (masked || (indices && !metrics.isEmpty())) {
      throw new IllegalArgumentException(
          "The loss %s of the output '%s' of shape %s lies along other axes than the last (axis=%s), which %s can't be used with"
              .formatted(
                  loss.name(),
                  name,
                  shape,
                  loss.axes(),
                  masked ? "a mask" : "metrics of class numbers"));
    }
  }

  /** Returns the name of the layer whose output this is. */
  public String name() {
    return name;
  }

  public int node() {
    return node;
  }

  /** Returns the shape of one row. */
  public Shape shape() {
    return shape;
  }

  /** Returns the length of a vector along the last axis. */
  public int width() {
    return shape.rank() == 0 ? 1 : shape.dim(-1);
  }

  /** Returns the number of values of a sample of the loss, the width unless it has other axes. */
  int lossWidth() {
    return order == null ? width() : order.width();
  }

  /** Returns the samples of a row: the product of the extents without those of a sample. */
  public int samplesPerRow() {
    return shape.size() / lossWidth();
  }

  /** Returns the order of the loss's samples, or null if they lie along the last axis. */
  @Nullable SampleOrder order() {
    return order;
  }

  /** Tells whether weights of samples count in metrics whose samples are others. */
  public boolean hasOtherWeightedSamples() {
    return order != null && firstWeightedMetric() < metrics.size();
  }

  /** Tells whether a mask says which samples of a batch count. */
  boolean isMasked() {
    return masked;
  }

  /** Returns the loss, or null if the output has no part in training. */
  public @Nullable Loss loss() {
    return objective.loss();
  }

  Objective objective() {
    return objective;
  }

  /** Returns the metrics, those that sample weights count in last. */
  public List<Metric> metrics() {
    return metrics;
  }

  /**
   * Returns the names under which the metrics are logged: of a model of several outputs they begin
   * with the output's.
   */
  public List<String> logNames(boolean several) {
    return Metrics.logNames(metrics, firstWeightedMetric()).stream()
        .map(metric -> several ? name + "_" + metric : metric)
        .toList();
  }

  /** Returns the index of the first metric that sample weights count in. */
  int firstWeightedMetric() {
    return objective.metrics().size();
  }

  /** Returns the place of the output's first label in a row. */
  public int firstLabel() {
    return firstLabel;
  }

  /** Returns the number of labels of a row; 0 if nothing is measured. */
  public int labelWidth() {
    return labelWidth;
  }

  /** Returns the place of the first metric's sums among those of all outputs. */
  int firstState() {
    return firstState;
  }

  int stateSize() {
    return metrics.stream().mapToInt(Metric::stateSize).sum();
  }

  /** Returns the labels of rows as the loss takes them. */
  float[] inSamples(float[] labels, int rows) {
    return order != null && labelWidth == shape.size() ? order.gather(labels, rows) : labels;
  }

  /**
   * Returns what the loss has against some rows of labels of all outputs, null if nothing.
   *
   * @param labelsOfAll the number of labels of a row
   */
  public @Nullable String labelProblem(float[] labels, int rows, int labelsOfAll) {
    Loss loss = loss();
    if (loss == null) {
      return null;
    }

    float[] own = labels;
    if (labelWidth() != labelsOfAll) {
      own = new float[rows * labelWidth()];
      for (int row = 0; row < rows; row++) {
        int from = row * labelsOfAll + firstLabel;
        System.arraycopy(labels, from, own, row * labelWidth(), labelWidth());
      }
    }

    return loss.checkLabels(inSamples(own, rows), rows * samplesPerRow(), lossWidth());
  }
}
