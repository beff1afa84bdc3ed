package io.firesteel.internal.network;

import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metric;
import io.firesteel.metrics.Metrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is measured of one output.
 *
 * @param loss the loss that training minimizes; null for an output that has no part in training
 * @param weight what the loss is multiplied by where several are added
 * @param metrics what is measured besides, without sample weights
 * @param weightedMetrics what is measured with sample weights
 */
public record Objective(
    @Nullable Loss loss, double weight, List<Metric> metrics, List<Metric> weightedMetrics) {

  /** Copies the lists. */
  public Objective {
    metrics = List.copyOf(metrics);
    weightedMetrics = List.copyOf(weightedMetrics);
  }

  static Objective of(NetworkSpec.Output spec) {
    String loss = spec.loss();
    return new Objective(
        loss == null ? null : Losses.get(loss),
        spec.lossWeight(),
        spec.metrics().stream().map(Metrics::get).toList(),
        spec.weightedMetrics().stream().map(Metrics::get).toList());
  }

  NetworkSpec.Output spec() {
    return new NetworkSpec.Output(
        loss == null ? null : Losses.serialize(loss).toJson(),
        weight,
        metrics.stream().map(metric -> Metrics.serialize(metric).toJson()).toList(),
        weightedMetrics.stream().map(metric -> Metrics.serialize(metric).toJson()).toList());
  }
}
