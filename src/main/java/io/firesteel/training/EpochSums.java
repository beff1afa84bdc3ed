package io.firesteel.training;

import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.Totals;
import io.firesteel.metrics.Metric;
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

  private static final int LOSS = -1;

  private final List<Metric> metrics;
  private final double[] metricSums;
  private final List<Entry> entries;
  private double loss;
  private long rows;

  EpochSums(Network network) {
    this.metrics = network.metrics();
    this.metricSums = new double[network.metricsSize()];
    this.entries = entries(metrics);
  }

  /**
   * A value of the logs: a result of the metric with that index, whose sums begin at the offset.
   */
  private record Entry(String name, int metric, int offset, int result) {}

  /** The loss and the metrics, sorted by name; of equal names the last one counts. */
  private static List<Entry> entries(List<Metric> metrics) {
    TreeMap<String, Entry> sorted = new TreeMap<>();
    sorted.put("loss", new Entry("loss", LOSS, 0, 0));
    int offset = 0;
    for (int i = 0; i < metrics.size(); i++) {
      int results = metrics.get(i).resultSize();
      for (int k = 0; k < results; k++) {
        String name = metrics.get(i).name() + (results == 1 ? "" : "[" + k + "]");
        sorted.put(name, new Entry(name, i, offset, k));
      }

      offset += metrics.get(i).stateSize();
    }

    return List.copyOf(sorted.values());
  }

  void reset() {
    loss = 0;
    rows = 0;
    Arrays.fill(metricSums, 0);
  }

  void add(Totals batch, double batchLoss) {
    loss += batchLoss * batch.rows();
    rows += batch.rows();
    for (int i = 0; i < metricSums.length; i++) {
      metricSums[i] += batch.metrics()[i];
    }
  }

  /** Puts the loss and the metrics into logs, sorted by name, with a prefix. */
  void putInto(Map<String, Double> logs, String prefix) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      String key = prefix.isEmpty() ? entry.name() : prefix + entry.name();
      logs.put(key, value(entry));
    }
  }

  private double value(Entry entry) {
    if (entry.metric() == LOSS) {
      return rows == 0 ? 0 : loss / rows;
    }

    return metrics.get(entry.metric()).result(metricSums, entry.offset(), entry.result());
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
