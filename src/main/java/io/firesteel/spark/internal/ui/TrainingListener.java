package io.firesteel.spark.internal.ui;

import java.util.Properties;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobStart;

/** Makes runs of what Spark's listener bus, or a replayed event log, tells. */
final class TrainingListener extends SparkListener {

  /** The local property that says of which run a Spark job is. */
  static final String RUN = "spark.firesteel.run";

  private final TrainingRuns runs;

  TrainingListener(TrainingRuns runs) {
    this.runs = runs;
  }

  @Override
  public void onOtherEvent(SparkListenerEvent event) {
    if (event instanceof TrainingEvent training) {
      runs.apply(training);
    }
  }

  @Override
  public void onJobStart(SparkListenerJobStart start) {
    Properties properties = start.properties();
    String run = properties == null ? null : properties.getProperty(RUN);
    if (run != null) {
      runs.job(run, start.jobId());
    }
  }

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded added) {
    runs.happened(
        "executor added",
        "Executor %s on %s".formatted(added.executorId(), added.executorInfo().executorHost()),
        added.time());
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    runs.happened(
        "executor lost",
        "Executor %s: %s".formatted(removed.executorId(), removed.reason()),
        removed.time());
  }

  @Override
  public void onApplicationEnd(SparkListenerApplicationEnd end) {
    runs.applicationEnded(end.time());
  }
}
