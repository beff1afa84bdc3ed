package io.firesteel.spark.internal.ui;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.firesteel.internal.monitoring.Phase;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.spark.metrics.source.Source;

/**
 * The newest run's numbers as gauges of Spark's metrics system, under {@code firesteel}; NaN where
 * there is no run or no such number.
 */
final class TrainingMetrics implements Source {

  private final TrainingRuns runs;
  private final MetricRegistry registry = new MetricRegistry();

  TrainingMetrics(TrainingRuns runs) {
    this.runs = runs;
    register("loss", view -> view.head().loss());
    register("valLoss", view -> view.logs().getOrDefault("val_loss", Double.NaN));
    register("step", view -> view.head().step());
    register("epoch", view -> view.head().epoch());
    register("learningRate", RunView::learningRate);
    register("gradientNorm", RunView::gradientNorm);
    register("samplesPerSecond", view -> view.head().samplesPerSecond());
    register("checkpointAgeSeconds", TrainingMetrics::checkpointAge);
    for (Phase phase : Phase.values()) {
      String name = RunState.name(phase);
      register("phase." + name + "MillisPerStep", view -> view.curve(name).last());
    }

    Gauge<Integer> running =
        () -> (int) runs.heads().stream().filter(RunView.Head::isRunning).count();
    registry.register("running", running);
  }

  private void register(String name, ToDoubleFunction<RunView> number) {
    Gauge<Double> gauge = () -> newest().map(number::applyAsDouble).orElse(Double.NaN);
    registry.register(name, gauge);
  }

  private Optional<RunView> newest() {
    List<RunView.Head> heads = runs.heads();
    return heads.isEmpty() ? Optional.empty() : runs.run(heads.get(0).run());
  }

  private static double checkpointAge(RunView view) {
    return view.checkpoints().isEmpty()
        ? Double.NaN
        : (System.currentTimeMillis() - view.checkpoints().get(0).time()) / 1e3;
  }

  @Override
  public String sourceName() {
    return "firesteel";
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }
}
