package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.testing.ExecutorWatch;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.SteppedSource;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Executors with shards that dynamic allocation removes while a fit goes on. It counts those whose
 * shuffled rows a running job may still need as used, so none is idle while tasks are there.
 */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ExecutorRemovalTest {

  private static final BatchPlan PLAN = new BatchPlan(61, 17, 5, 5, true);

  private final List<String> events = new ArrayList<>();

  @AfterAll
  static void stop() {
    LocalSpark.stop();
  }

  private static SparkSession session(String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "spark.executor.cores=1",
                "spark.locality.wait=100ms",
                "spark.dynamicAllocation.enabled=true",
                "spark.dynamicAllocation.shuffleTracking.enabled=true",
                "spark.dynamicAllocation.shuffleTracking.timeout=1s",
                "spark.dynamicAllocation.executorIdleTimeout=1s",
                "spark.dynamicAllocation.cachedExecutorIdleTimeout=1s",
                "spark.dynamicAllocation.initialExecutors=2",
                "spark.dynamicAllocation.maxExecutors=2",
                "spark.firesteel.resident.reassemblyTimeout=2s"));
    all.addAll(List.of(settings));
    return LocalSpark.session("local-cluster[2,1,1024]", all.toArray(new String[0]));
  }

  private ResidentGradientSource open(SparkSession spark) {
    ResidentGradientSource source =
        (ResidentGradientSource)
            TinyDatasets.sharded(spark, 61, 3, 4).open(TinyTraining.network(), PLAN);
    source.observeWith(StepClock.OFF, (kind, text) -> events.add(kind + ": " + text));
    return source;
  }

  private static String expected() {
    return TinyTraining.train(TinyTraining.local(61), PLAN, 4);
  }

  @Test
  void allAreRemovedWhileTheTasksAreAway() {
    SparkSession spark = session();
    try (ExecutorWatch watch = ExecutorWatch.of(spark.sparkContext());
        ResidentGradientSource source = open(spark)) {
      SteppedSource stepped =
          new SteppedSource(
              source,
              step -> {
                if (step == 6) {
                  source.makeWay();
                  watch.awaitRegistered(0);
                }
              });

      assertEquals(expected(), TinyTraining.train(stepped, PLAN, 4));
      assertTrue(watch.reasons().size() >= 2, "executors that were removed");
      assertEquals(Set.of("Executor killed by driver."), Set.copyOf(watch.reasons()));
      assertTrue(events.contains("left: The tasks left: callbacks use the cluster"));
    }
  }

  @Test
  void oneIsDecommissionedWhileItTrains() {
    SparkSession spark =
        session(
            "spark.dynamicAllocation.executorIdleTimeout=1h",
            "spark.dynamicAllocation.cachedExecutorIdleTimeout=1h",
            "spark.decommission.enabled=true",
            "spark.storage.decommission.enabled=true",
            "spark.storage.decommission.rddBlocks.enabled=true",
            "spark.storage.decommission.shuffleBlocks.enabled=true",
            "spark.executor.decommission.forceKillTimeout=2s");
    try (ExecutorWatch watch = ExecutorWatch.of(spark.sparkContext());
        ResidentGradientSource source = open(spark)) {
      watch.awaitRegistered(2);
      SteppedSource stepped =
          new SteppedSource(
              source,
              step -> {
                if (step == 6) {
                  watch.decommissionOne();
                  watch.awaitRemoved(1);
                }
              });

      assertEquals(expected(), TinyTraining.train(stepped, PLAN, 4));
      assertEquals(List.of("Executor killed by driver."), watch.reasons());
      assertEquals(
          List.of(
              "tasks: 2 tasks for the shards",
              "left: The tasks left: the fit has fewer slots",
              "tasks: 1 task for the shards"),
          events);
    }
  }
}
