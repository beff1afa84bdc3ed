package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.testing.ClusterExecutors;
import io.firesteel.testing.FaultyLoss;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.SteppedSource;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerSpeculativeTaskSubmitted;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Resident tasks where asks time out after 4 s, tasks are speculated on, and executors come and go
 * by dynamic allocation.
 */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ResidentPatienceTest {

  private static final BatchPlan PLAN = new BatchPlan(61, 30, 2, 5, true);

  private static SparkSession spark;
  private static final Watcher WATCHER = new Watcher();

  @BeforeAll
  static void start() {
    spark =
        LocalSpark.session(
            "local-cluster[2,2,1024]",
            "spark.executor.cores=2",
            "spark.rpc.askTimeout=4s",
            "spark.speculation=true",
            "spark.speculation.interval=100ms",
            "spark.speculation.task.duration.threshold=1s",
            "spark.dynamicAllocation.enabled=true",
            "spark.dynamicAllocation.shuffleTracking.enabled=true",
            "spark.dynamicAllocation.initialExecutors=1",
            "spark.dynamicAllocation.minExecutors=1",
            "spark.dynamicAllocation.maxExecutors=2",
            "spark.firesteel.resident.reassemblyTimeout=2s");
    spark.sparkContext().addSparkListener(WATCHER);
    new ClusterExecutors(spark.sparkContext()).awaitAtLeast(1);
  }

  @AfterAll
  static void stop() {
    LocalSpark.stop();
  }

  private static String expected(int epochs) {
    return TinyTraining.train(TinyTraining.local(61), PLAN, epochs);
  }

  @Test
  void stepsThatTakeLongerThanTheAskTimeoutOnTheDriver() {
    try (ResidentGradientSource source =
        (ResidentGradientSource)
            TinyDatasets.sharded(spark, 61, 3, 4).open(TinyTraining.network(), PLAN)) {
      String trace =
          TinyTraining.train(
              new SteppedSource(source, step -> pause(step == 2 ? 7000 : 0)), PLAN, 2);

      assertEquals(expected(2), trace);
      ResidentTasks residents = Objects.requireNonNull(source.residents());
      assertTrue(residents.exchange().notYets() > 0, "nobody had to wait");
      assertEquals(2, residents.tasks());
      assertTrue(WATCHER.added > 1, "no executor was added");
    }
  }

  @Test
  void stepsThatTakeLongerThanTheAskTimeoutOnAnExecutorAndCopiesOfTheirTasks() {
    try (ResidentGradientSource source =
        (ResidentGradientSource)
            TinyDatasets.sharded(spark, 61, 3, 4)
                .open(TinyTraining.network(FaultyLoss.slow(3, 7000)), PLAN)) {
      long start = System.nanoTime();

      assertEquals(expected(2), TinyTraining.train(source, PLAN, 2));
      assertTrue(System.nanoTime() - start > 3_000_000_000L, "nobody was slow");
      assertTrue(WATCHER.speculated > 0, "no copy of a task was started");
    }
  }

  private static void pause(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  private static final class Watcher extends SparkListener {
    private volatile int added;
    private volatile int speculated;

    @Override
    public void onExecutorAdded(SparkListenerExecutorAdded event) {
      added++;
    }

    @Override
    public void onSpeculativeTaskSubmitted(SparkListenerSpeculativeTaskSubmitted event) {
      speculated++;
    }
  }
}
