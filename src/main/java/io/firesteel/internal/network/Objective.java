package io.firesteel.internal.network;

import io.firesteel.losses.Loss;
import io.firesteel.metrics.Metric;
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
}
