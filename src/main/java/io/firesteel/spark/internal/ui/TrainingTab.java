package io.firesteel.spark.internal.ui;

import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;

/** The tab Training of Spark's web UI, live or in the History Server. */
final class TrainingTab extends SparkUITab {

  private TrainingTab(SparkUI ui, RunStore runs) {
    super(ui, "training");
    attachPage(new TrainingPage(this, runs));
  }

  static void attach(SparkUI ui, RunStore runs) {
    ui.attachTab(new TrainingTab(ui, runs));
  }

  @Override
  public String name() {
    return "Training";
  }
}
