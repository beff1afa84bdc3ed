package io.firesteel.spark.internal.ui;

import io.firesteel.internal.monitoring.Phase;
import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.spark.internal.ui.TrainingEvent.Committed;
import io.firesteel.spark.internal.ui.TrainingEvent.Ended;
import io.firesteel.spark.internal.ui.TrainingEvent.EpochEnded;
import io.firesteel.spark.internal.ui.TrainingEvent.Happened;
import io.firesteel.spark.internal.ui.TrainingEvent.Progressed;
import io.firesteel.spark.internal.ui.TrainingEvent.RunStatus;
import io.firesteel.spark.internal.ui.TrainingEvent.Started;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One run, as its events make it; it takes a bounded amount of memory. */
final class RunState {

  /** Callbacks log it too, once an epoch; its curve has every report. */
  private static final String LEARNING_RATE = "learning_rate";

  static final int MOST_EVENTS = 100;
  static final int MOST_CURVES = 60;

  private final Started start;
  private final Map<String, Series> series = new TreeMap<>();
  private final Map<String, Double> logs = new TreeMap<>();
  private final Map<String, Double> phaseMillis = new LinkedHashMap<>();
  private final Deque<Committed> checkpoints = new ArrayDeque<>();
  private final Deque<Happened> events = new ArrayDeque<>();
  private final Deque<Integer> jobs = new ArrayDeque<>();
  private List<StepClock.WorkerTime> workers = List.of();
  private RunStatus status = RunStatus.RUNNING;
  private @Nullable String failure;
  private long updated;
  private long step;
  private int epoch;
  private int batch;
  private double learningRate = Double.NaN;
  private double gradientNorm = Double.NaN;
  private double samplesPerSecond = Double.NaN;
  private long jobCount;
  private boolean lossWasFinite = true;

  RunState(Started start) {
    this.start = start;
    this.updated = start.time();
    if (start.resumedFromStep() != null) {
      step = start.resumedFromStep();
      happened("resumed", "Resumed from the checkpoint of step " + step, start.time());
    }

    for (Phase phase : Phase.values()) {
      phaseMillis.put(name(phase), 0.0);
    }
  }

  /** Returns the name of a phase in events and curves. */
  static String name(Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  boolean isRunning() {
    return status == RunStatus.RUNNING;
  }

  void apply(TrainingEvent event) {
    updated = Math.max(updated, event.time());
    if (event instanceof Progressed progressed) {
      progressed(progressed);
    } else if (event instanceof EpochEnded ended) {
      step = Math.max(step, ended.step());
      epoch = Math.max(epoch, ended.epoch());
      log(ended.logs(), ended.step(), ended.time());
    } else if (event instanceof Committed committed) {
      addFirst(checkpoints, committed);
    } else if (event instanceof Happened happened) {
      addFirst(events, happened);
    } else if (event instanceof Ended ended) {
      status = ended.status();
      failure = ended.failure();
    }
  }

  private void progressed(Progressed progress) {
    step = progress.step();
    epoch = progress.epoch();
    batch = progress.batch();
    learningRate = progress.learningRate();
    if (!Double.isNaN(learningRate)) {
      add(LEARNING_RATE, step, learningRate, 1);
    }

    if (!Double.isNaN(progress.gradientNorm())) {
      gradientNorm = progress.gradientNorm();
      add("gradient_norm", step, gradientNorm, 1);
    }

    if (!progress.workers().isEmpty()) {
      workers = List.copyOf(progress.workers());
    }

    log(progress.logs(), step, progress.time());
    phases(progress);
  }

  private void phases(Progressed progress) {
    if (progress.steps() < 1) {
      return;
    }

    for (Map.Entry<String, Double> phase : phaseMillis.entrySet()) {
      double millis = progress.phaseMillis().getOrDefault(phase.getKey(), 0.0);
      phase.setValue(phase.getValue() + millis);
      add(phase.getKey(), step, millis / progress.steps(), (double) progress.steps());
    }

    double validation = progress.phaseMillis().getOrDefault(name(Phase.VALIDATION), 0.0) / 1000;
    double seconds = progress.seconds() - validation;
    if (seconds > 0) {
      samplesPerSecond = progress.rows() / seconds;
      add("samples_per_second", step, samplesPerSecond, seconds);
    }
  }

  private void log(Map<String, Double> values, long atStep, long time) {
    values.forEach(
        (name, value) -> {
          if (name.equals(LEARNING_RATE)) {
            return;
          }

          add(name, atStep, value, 1);
          if (series.containsKey(name)) {
            logs.put(name, value);
          }
        });
    Double loss = values.get("loss");
    if (loss != null && lossWasFinite && !Double.isFinite(loss)) {
      lossWasFinite = false;
      happened("not finite", "The loss is %s at step %d".formatted(loss, atStep), time);
    }
  }

  private void add(String name, long atStep, double value, double weight) {
    Series known = series.get(name);
    if (known == null && series.size() < MOST_CURVES) {
      known = new Series();
      series.put(name, known);
    }

    if (known != null) {
      known.add((double) atStep, value, weight);
    }
  }

  private void happened(String kind, String text, long time) {
    addFirst(events, new Happened(start.run(), time, kind, text));
  }

  /** Notes a Spark job of the run. */
  void job(int id) {
    jobCount++;
    addFirst(jobs, id);
  }

  private static <T> void addFirst(Deque<T> latest, T element) {
    latest.addFirst(element);
    if (latest.size() > MOST_EVENTS) {
      latest.removeLast();
    }
  }

  RunView.Head head() {
    return new RunView.Head(
        start.run(),
        start.job(),
        start.model(),
        status,
        failure,
        start.time(),
        updated,
        step,
        (long) start.epochs() * start.batches(),
        Math.min(epoch + 1, start.epochs()),
        start.epochs(),
        logs.getOrDefault("loss", Double.NaN),
        samplesPerSecond);
  }

  RunView view() {
    Map<String, Series.Points> curves = new LinkedHashMap<>();
    series.forEach((name, curve) -> curves.put(name, curve.points()));
    return new RunView(
        head(),
        start,
        batch,
        new LinkedHashMap<>(logs),
        learningRate,
        gradientNorm,
        curves,
        new LinkedHashMap<>(phaseMillis),
        workers,
        new ArrayList<>(checkpoints),
        new ArrayList<>(events),
        new ArrayList<>(jobs),
        jobCount);
  }
}
