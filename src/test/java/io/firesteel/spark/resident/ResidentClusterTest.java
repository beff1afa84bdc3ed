package io.firesteel.spark.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.data.BatchPlan;
import io.firesteel.network.Network;
import io.firesteel.network.NetworkSpec;
import io.firesteel.spark.frames.Frames;
import io.firesteel.spark.internals.SparkInternals;
import io.firesteel.testing.ClusterExecutors;
import io.firesteel.testing.FaultyLoss;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.SteppedSource;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.training.Step;
import io.firesteel.variables.VariableSnapshot;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Resident tasks in executors of their own processes, and what happens to them there. */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ResidentClusterTest {

  private static final BatchPlan PLAN = new BatchPlan(61, 17, 5, 5, true);

  private static SparkSession spark;
  private static ClusterExecutors executors;

  @BeforeAll
  static void start() {
    spark =
        LocalSpark.session(
            "local-cluster[2,1,1024]",
            "spark.locality.wait=100ms",
            "spark.firesteel.resident.reassemblyTimeout=2s",
            "spark.firesteel.resident.yieldAfter=1s");
    executors = new ClusterExecutors(spark.sparkContext());
    executors.await(2);
  }

  @AfterAll
  static void stop() {
    LocalSpark.stop();
  }

  private static ResidentGradientSource open(NetworkSpec network) {
    return (ResidentGradientSource) TinyDatasets.sharded(spark, 61, 3, 4).open(network, PLAN);
  }

  private static Residency residents(ResidentGradientSource source) {
    return Objects.requireNonNull(source.residents());
  }

  /** Returns 0 once the tasks have left to come back in another number. */
  private static int tasksAfterResize(Residency residents) {
    assertTrue(residents.mayRun());
    return residents.tasks();
  }

  private static String expected(int epochs) {
    return TinyTraining.train(TinyTraining.local(61), PLAN, epochs);
  }

  @Test
  void givesTheBitsOfTheLocalSource() {
    executors.ready(2);
    try (ResidentGradientSource source = open(TinyTraining.network())) {
      assertEquals(expected(3), TinyTraining.train(source, PLAN, 3));
      assertEquals(2, residents(source).tasks());
      assertEquals("resident", source.name());
      assertEquals(1, source.environments().size());
    }
  }

  @Test
  void aKilledExecutorThatIsReplacedChangesNoBit() {
    executors.ready(2);
    try (ResidentGradientSource source = open(TinyTraining.network())) {
      String trace =
          TinyTraining.train(
              new SteppedSource(source, step -> executors.killAt(step == 6)), PLAN, 4);

      assertEquals(expected(4), trace);
      assertTrue(executors.takeKilled(), "nobody was killed");
    }
  }

  @Test
  void slotsThatVanishAndComeBackChangeNoBit() {
    executors.ready(2);
    try (ResidentGradientSource source = open(TinyTraining.network())) {
      int[] tasks = new int[40];
      SteppedSource stepped =
          new SteppedSource(
              source,
              step -> {
                tasks[(int) step] = residents(source).tasks();
                if (step == 4) {
                  executors.limit(1);
                  executors.killAt(true);
                } else if (step == 20) {
                  executors.limit(2);
                  executors.await(2);
                  executors.awaitSlots(() -> SparkInternals.slots(spark.sparkContext()), 2);
                  executors.awaitSlots(() -> tasksAfterResize(residents(source)), 0);
                }
              });

      assertEquals(expected(10), TinyTraining.train(stepped, PLAN, 10));
      assertTrue(executors.takeKilled(), "nobody was killed");
      assertEquals(List.of(2, 1, 2), List.of(tasks[4], tasks[20], tasks[39]));
    } finally {
      executors.limit(2);
    }
  }

  @Test
  void aStragglerIsWaitedFor() {
    executors.ready(2);
    try (ResidentGradientSource source = open(TinyTraining.network(FaultyLoss.slow(7, 3000)))) {
      long start = System.nanoTime();

      assertEquals(expected(3), TinyTraining.train(source, PLAN, 3));
      assertTrue(System.nanoTime() - start > 3_000_000_000L, "nobody was slow");
      assertEquals(1, residents(source).submitted());
    }
  }

  @Test
  void aTaskThatFailsIsTriedAgain() {
    executors.ready(2);
    try (ResidentGradientSource source = open(TinyTraining.network(FaultyLoss.failing(7)))) {
      executors.forgetFailures();

      assertEquals(expected(3), TinyTraining.train(source, PLAN, 3));
      assertTrue(executors.failedTasks() > 0, "nobody failed");
    }
  }

  @Test
  void largeVariablesTravelInParts() {
    executors.ready(2);
    NetworkSpec network = TinyTraining.network(40_000);
    BatchPlan plan = new BatchPlan(20, 10, 3, 5, true);
    VariableSnapshot variables = VariableSnapshot.copyOf(Network.of(network).createVariables(1));
    assertTrue(Frames.parts(4L * 9 * 40_000) > 4);
    try (var local = TinyTraining.local(20).open(network, plan);
        var cluster = TinyDatasets.sharded(spark, 20, 2, 1).open(network, plan)) {
      for (int t = 0; t < 3; t++) {
        Step step = new Step(t, 0, t % 2, 1.0f);
        assertEquals(
            TinyTraining.describe(local.gradients(variables, step)),
            TinyTraining.describe(cluster.gradients(variables, step)));
      }
    }
  }

  @Test
  void nothingListensAfterwards() {
    executors.ready(2);
    String name;
    try (ResidentGradientSource source = open(TinyTraining.network())) {
      TinyTraining.train(source, PLAN, 1);
      name = residents(source).endpoint();

      assertNotNull(SparkInternals.caller(name));
    }

    assertNull(SparkInternals.caller(name));
  }
}
