package io.firesteel.training;

import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.Objectives;
import io.firesteel.internal.network.Totals;
import io.firesteel.metrics.Metric;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The running loss and metrics of an epoch. The loss is the mean of the batches' losses weighted by
 * their rows, as Keras tracks it; the metrics are those of all rows so far.
 */
final class EpochSums {

  private static final int LOSS = -1;

  /** The first of the losses of the outputs of a model of several, which count downwards. */
  private static final int FIRST_OF_OUTPUTS = -2;

  private final List<Metric> metrics;
  private final Objectives objectives;
  private final double[] metricSums;
  private final double[] losses;
  private final List<Entry> entries;
  private double loss;
  private long rows;

  EpochSums(Network network) {
    this.metrics = network.metrics();
    this.metricSums = new double[network.metricsSize()];
    this.objectives = network.objectives();
    this.losses = new double[objectives.losses() > 1 ? objectives.losses() : 0];
    this.entries = entries(network);
  }

  /**
   * A value of the logs: a result of the metric with that index, whose sums begin at the offset.
   */
  private record Entry(String name, int metric, int offset, int result) {}

  /** Returns the names of the losses in the logs: of several that of each output as well. */
  static Set<String> lossNames(Network network) {
    Set<String> names = new LinkedHashSet<>();
    names.add("loss");
    if (network.objectives().losses() > 1) {
      for (int k = 0; k < network.objectives().losses(); k++) {
        names.add(network.objectives().name(k) + "_loss");
      }
    }

    return names;
  }

  /** Returns the metrics by their names in the logs. */
  static Map<String, Metric> metricsByName(Network network) {
    Map<String, Metric> named = new LinkedHashMap<>();
    for (int i = 0; i < network.metrics().size(); i++) {
      named.put(network.metricNames().get(i), network.metrics().get(i));
    }

    return named;
  }

  /** The losses and the metrics, sorted by name. */
  private List<Entry> entries(Network network) {
    TreeMap<String, Entry> sorted = new TreeMap<>();
    int code = LOSS;
    for (String name : lossNames(network)) {
      sorted.put(name, new Entry(name, code, 0, 0));
      code--;
    }

    int offset = 0;
    for (int i = 0; i < metrics.size(); i++) {
      int results = metrics.get(i).resultSize();
      for (int k = 0; k < results; k++) {
        String name = network.metricNames().get(i) + (results == 1 ? "" : "[" + k + "]");
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
    Arrays.fill(losses, 0);
  }

  void add(Totals batch, double batchLoss) {
    loss += batchLoss * batch.rows();
    rows += batch.rows();
    for (int k = 0; k < losses.length; k++) {
      losses[k] += objectives.loss(k, batch) * batch.rows();
    }

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

    if (entry.metric() <= FIRST_OF_OUTPUTS) {
      return rows == 0 ? 0 : losses[FIRST_OF_OUTPUTS - entry.metric()] / rows;
    }

    return metrics.get(entry.metric()).result(metricSums, entry.offset(), entry.result());
  }

  Config state() {
    Config state =
        Config.builder()
            .put("loss", loss)
            .put("rows", rows)
            .put("metrics", Arrays.stream(metricSums).boxed().toList())
            .build();
    return losses.length == 0
        ? state
        : state.with("losses", Arrays.stream(losses).boxed().toList());
  }

  void restore(Config state) {
    ConfigReader reader = state.reader("sums");
    loss = reader.number("loss");
    rows = reader.integer("rows");
    List<Double> saved = reader.numbers("metrics");
    List<Double> ofOutputs = losses.length == 0 ? List.of() : reader.numbers("losses");
    for (int k = 0; k < ofOutputs.size(); k++) {
      losses[k] = ofOutputs.get(k);
    }

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
