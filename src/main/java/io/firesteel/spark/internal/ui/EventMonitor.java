package io.firesteel.spark.internal.ui;

import io.firesteel.internal.monitoring.Causes;
import io.firesteel.internal.monitoring.Phase;
import io.firesteel.internal.monitoring.TrainingMonitor;
import io.firesteel.saving.Config;
import io.firesteel.spark.internal.ui.TrainingEvent.RunStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Posts the events of one training to Spark's listener bus. The Spark jobs that its thread submits
 * meanwhile bear the id of the run.
 */
final class EventMonitor implements TrainingMonitor {

  private static final int MOST_TEXT = 20_000;

  private final SparkContext context;
  private final String run = UUID.randomUUID().toString();
  private final @Nullable String runBefore;

  EventMonitor(SparkContext context) {
    this.context = context;
    this.runBefore = context.getLocalProperty(TrainingListener.RUN);
    context.setLocalProperty(TrainingListener.RUN, run);
  }

  @Override
  public void started(TrainingMonitor.Start start) {
    String given = context.getLocalProperty(TrainingUi.JOB);
    String job = given == null ? null : clip(given);
    Config configuration = start.contract().without("model");
    post(
        new TrainingEvent.Started(
            run,
            now(),
            job,
            clip(start.model()),
            clip(start.summary()),
            clip(configuration.toJson()),
            settings(),
            start.parameters(),
            start.epochs(),
            start.batches(),
            start.batchSize(),
            start.rows(),
            start.shards(),
            start.source(),
            start.openSeconds(),
            start.checkpoints(),
            start.resumedFromStep()));
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    for (Tuple2<String, String> entry : context.conf().getAllWithPrefix("spark.firesteel.")) {
      settings.put("spark.firesteel." + entry._1(), clip(entry._2()));
    }

    settings.put("spark.master", context.master());
    return settings;
  }

  @Override
  public void progressed(TrainingMonitor.Progress progress) {
    Map<String, Double> phases = new LinkedHashMap<>();
    for (Phase phase : Phase.values()) {
      long nanos = progress.phaseNanos()[phase.ordinal()];
      if (nanos > 0) {
        phases.put(RunState.name(phase), round(nanos / 1e6));
      }
    }

    post(
        new TrainingEvent.Progressed(
            run,
            now(),
            progress.step(),
            progress.epoch(),
            progress.batch(),
            progress.logs(),
            progress.learningRate(),
            progress.gradientNorm(),
            progress.steps(),
            progress.rows(),
            round(progress.seconds()),
            phases,
            progress.workers()));
  }

  /** To microseconds, which is short in JSON. */
  private static double round(double value) {
    return Math.rint(value * 1e6) / 1e6;
  }

  @Override
  public void epochEnded(int epoch, long step, Map<String, Double> logs) {
    post(new TrainingEvent.EpochEnded(run, now(), epoch, step, logs));
  }

  @Override
  public void committed(long step, long bytes, double seconds, String location) {
    post(new TrainingEvent.Committed(run, now(), step, bytes, round(seconds), location));
  }

  @Override
  public void happened(String kind, String text) {
    post(new TrainingEvent.Happened(run, now(), kind, clip(text)));
  }

  @Override
  public void ended(boolean stopped, @Nullable Throwable failure) {
    RunStatus status =
        failure instanceof CancellationException
            ? RunStatus.CANCELLED
            : failure != null ? RunStatus.FAILED : stopped ? RunStatus.STOPPED : RunStatus.FINISHED;
    post(new TrainingEvent.Ended(run, now(), status, failure == null ? null : cause(failure)));
  }

  /** What failed, and the first cause of it if that is another. */
  private static String cause(Throwable failure) {
    Throwable root = Causes.first(failure);
    return clip(root == failure ? failure.toString() : root + "\n" + failure.getMessage());
  }

  private void post(TrainingEvent event) {
    context.listenerBus().post(event);
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  private static String clip(String text) {
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + " ...";
  }

  @Override
  public void close() {
    context.setLocalProperty(TrainingListener.RUN, runBefore);
  }
}
