package io.firesteel.spark.internal.ui;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.firesteel.internal.monitoring.Phase;
import io.firesteel.internal.monitoring.TrainingMonitor;
import io.firesteel.spark.internal.ui.RunView.RunStore;
import io.firesteel.spark.internal.ui.TrainingPage.TrainingTab;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.ui.SparkUI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What shows the trainings of one application, attached to its Spark context once: the listener,
 * the tab if there is a web UI, the gauges.
 *
 * <p>With {@code spark.firesteel.ui.enabled=false} nothing is shown or posted. Where Spark lacks
 * something of what this needs, the log says so in one line, and training is as it was.
 */
public final class TrainingUi extends SparkListener {

  private static final Logger LOG = LoggerFactory.getLogger(TrainingUi.class);

  /** The local property with the name of the job that trains, if it has one. */
  public static final String JOB = "spark.firesteel.job";

  private static final String ENABLED = "spark.firesteel.ui.enabled";
  private static final Map<SparkContext, TrainingUi> ATTACHED = new HashMap<>();

  private final SparkContext context;
  private final TrainingRuns runs = new TrainingRuns();
  private boolean works = true;
  private boolean measured;

  private TrainingUi(SparkContext context) {
    this.context = context;
  }

  /** Returns what shows a training of an application, attaching it if it is the first one. */
  public static TrainingMonitor monitor(SparkContext context) {
    return monitor(context, TrainingTab::attach);
  }

  static TrainingMonitor monitor(SparkContext context, BiConsumer<SparkUI, RunStore> tab) {
    if (!isEnabled(context)) {
      return TrainingMonitor.NONE;
    }

    TrainingUi ui = attached(context, tab);
    ui.measure();
    return ui.works ? new EventMonitor(context) : TrainingMonitor.NONE;
  }

  /** Attaches the tab to an application before its first training; as often as one likes. */
  public static void attach(SparkContext context) {
    if (isEnabled(context)) {
      attached(context, TrainingTab::attach);
    }
  }

  /** Registers the gauges, when Spark's metrics system has started. */
  public static void registerMetrics(SparkContext context) {
    if (isEnabled(context)) {
      attached(context, TrainingTab::attach).measure();
    }
  }

  private static boolean isEnabled(SparkContext context) {
    String text = context.conf().get(ENABLED, "true").toLowerCase(Locale.ROOT);
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException(
          "%s must be true or false. Received: %s".formatted(ENABLED, text));
    }

    return text.equals("true") && !context.isStopped();
  }

  private static TrainingUi attached(SparkContext context, BiConsumer<SparkUI, RunStore> tab) {
    synchronized (ATTACHED) {
      TrainingUi known = ATTACHED.get(context);
      if (known == null) {
        known = new TrainingUi(context);
        ATTACHED.put(context, known);
        known.open(tab);
      }

      return known;
    }
  }

  private void open(BiConsumer<SparkUI, RunStore> tab) {
    context.addSparkListener(this);
    try {
      context.addSparkListener(new TrainingListener(runs));
      if (context.ui().isDefined()) {
        tab.accept(context.ui().get(), runs);
      } else {
        LOG.info("No Training tab: spark.ui.enabled is false");
      }
    } catch (LinkageError | RuntimeException e) {
      works = false;
      LOG.warn("No Training tab, for this Spark lacks what it needs: {}", e.toString());
    }
  }

  private synchronized void measure() {
    if (measured) {
      return;
    }

    measured = true;
    try {
      SparkEnv.get().metricsSystem().registerSource(new TrainingMetrics(runs));
    } catch (LinkageError | RuntimeException e) {
      LOG.warn("No gauges of training, for this Spark lacks what they need: {}", e.toString());
    }
  }

  @Override
  public void onApplicationEnd(SparkListenerApplicationEnd end) {
    synchronized (ATTACHED) {
      ATTACHED.remove(context);
    }
  }

  /**
   * The newest run's numbers as gauges of Spark's metrics system, under {@code firesteel}; NaN
   * where there is no run or no such number.
   */
  static final class TrainingMetrics implements Source {

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
}
