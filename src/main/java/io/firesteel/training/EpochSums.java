package io.firesteel.training;

import io.firesteel.metrics.Metric;
import io.firesteel.network.GradientSums;
import io.firesteel.network.Network;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The running loss and metrics of an epoch. The loss is the mean of the batches' losses weighted by
 * their rows, as Keras tracks it; the metrics are those of all rows so far.
 */
final class EpochSums {

  private final List<Metric> metrics;
  private final double[] metricSums;
  private double loss;
  private long rows;

  EpochSums(Network network) {
    this.metrics = network.metrics();
    this.metricSums = new double[network.metricsSize()];
  }

  void reset() {
    loss = 0;
    rows = 0;
    Arrays.fill(metricSums, 0);
  }

  void add(GradientSums batch, double batchLoss) {
    loss += batchLoss * batch.rows();
    rows += batch.rows();
    for (int i = 0; i < metricSums.length; i++) {
      metricSums[i] += batch.metrics()[i];
    }
  }

  /** Puts the loss and the metrics into logs, sorted by name, with a prefix. */
  void putInto(Map<String, Double> logs, String prefix) {
    TreeMap<String, Double> sorted = new TreeMap<>();
    sorted.put("loss", rows == 0 ? 0 : loss / rows);
    int offset = 0;
    for (Metric metric : metrics) {
      sorted.put(metric.name(), metric.result(metricSums, offset));
      offset += metric.stateSize();
    }

    sorted.forEach((name, value) -> logs.put(prefix + name, value));
  }

  Config state() {
    return Config.builder()
        .put("loss", loss)
        .put("rows", rows)
        .put("metrics", Arrays.stream(metricSums).boxed().toList())
        .build();
  }

  void restore(Config state) {
    ConfigReader reader = state.reader("sums");
    loss = reader.number("loss");
    rows = reader.integer("rows");
    List<Double> saved = reader.numbers("metrics");
    if (saved.size() != metricSums.length) {
      throw new IllegalArgumentException(
          "The checkpoint has %d metric sums, the model has %d"
              .formatted(saved.size(), metricSums.length));
    }

    for (int i = 0; i < metricSums.length; i++) {
      metricSums[i] = saved.get(i);
    }

    reader.finish();
  }
}
