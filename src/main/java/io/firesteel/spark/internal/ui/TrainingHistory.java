package io.firesteel.spark.internal.ui;

import io.firesteel.spark.internal.seam.ScalaLists;
import io.firesteel.spark.internal.ui.StoredRuns.StoredRun;
import io.firesteel.spark.internal.ui.TrainingPage.TrainingTab;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.status.AppHistoryServerPlugin;
import org.apache.spark.status.ElementTrackingStore;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.util.kvstore.KVStore;
import scala.collection.immutable.List;
import scala.runtime.AbstractFunction0;
import scala.runtime.BoxedUnit;

/**
 * The tab of applications that are over: Spark's History Server finds this class if Firesteel's jar
 * is among its own, has it listen to the event log, and shows the tab if there was a training.
 */
public final class TrainingHistory implements AppHistoryServerPlugin {

  /** Creates it; the History Server does. */
  public TrainingHistory() {}

  @Override
  public List<SparkListener> createListeners(SparkConf conf, ElementTrackingStore store) {
    TrainingRuns runs = new TrainingRuns();
    store.onFlush(
        new AbstractFunction0<>() {
          @Override
          public BoxedUnit apply() {
            StoredRuns.write(runs, store);
            return BoxedUnit.UNIT;
          }
        });
    return ScalaLists.of(java.util.List.of(new TrainingListener(runs)));
  }

  @Override
  public void setupUI(SparkUI ui) {
    KVStore store = ui.store().store();
    try {
      if (store.count(StoredRun.class) > 0) {
        TrainingTab.attach(ui, new StoredRuns(store));
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("The runs can't be read", e);
    }
  }

  @Override
  public int displayOrder() {
    return 100;
  }
}
