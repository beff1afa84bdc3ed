package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.spark.internal.frames.ExecutorVariables;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.seam.FrameBytes;
import io.firesteel.spark.internal.seam.SparkInternals;
import io.firesteel.testing.ClusterExecutors;
import io.firesteel.testing.FaultyLoss;
import io.firesteel.testing.Leftovers;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.ShuffleTasks;
import io.firesteel.testing.SlowShutdown;
import io.firesteel.testing.SteppedSource;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.variables.VariableValues;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Resident tasks in executors of their own processes, and what happens to them there. */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ResidentClusterTest {

  private static final String FEWER_SLOTS = "left: The tasks left: the fit has fewer slots";
  private static final BatchPlan PLAN = new BatchPlan(61, 17, 5, 5, true);

  private static SparkSession spark;
  private static ClusterExecutors executors;
  private static ShuffleTasks shuffleTasks;

  @BeforeAll
  static void start() {
    spark =
        LocalSpark.session(
            "local-cluster[2,1,1024]",
            "spark.locality.wait=100ms",
            "spark.plugins=" + SlowShutdown.class.getName(),
            "spark.firesteel.resident.reassemblyTimeout=2s",
            "spark.firesteel.resident.yieldAfter=1s");
    executors = new ClusterExecutors(spark.sparkContext());
    executors.await(2);
    shuffleTasks = ShuffleTasks.of(spark.sparkContext());
  }

  @AfterAll
  static void stop() {
    LocalSpark.stop();
  }

  private final List<String> events = new ArrayList<>();

  private ResidentGradientSource open(NetworkSpec network) {
    ResidentGradientSource source =
        (ResidentGradientSource) TinyDatasets.sharded(spark, 61, 3, 4).open(network, PLAN);
    source.observeWith(StepClock.OFF, (kind, text) -> events.add(kind + ": " + text));
    return source;
  }

  private static ResidentTasks residents(ResidentGradientSource source) {
    return Objects.requireNonNull(source.residents());
  }

  /** Returns 0 once the tasks have left to come back in another number. */
  private static int tasksAfterResize(ResidentTasks residents) {
    assertTrue(residents.mayRun());
    return residents.tasks();
  }

  private static VariableValues snapshot() {
    return VariableValues.copyOf(Network.of(TinyTraining.network()).createVariables(1));
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

  /** Sets what the next sources are to read. */
  private static void set(String name, Object value) {
    spark.sparkContext().conf().set("spark.firesteel." + name, value.toString());
  }

  /** Trains, and has an executor killed before the seventh step. */
  private String trainedWithAKill(ResidentGradientSource source) {
    shuffleTasks.forget();
    return TinyTraining.train(
        new SteppedSource(source, step -> executors.killAt(step == 6)), PLAN, 4);
  }

  @Test
  void aKilledExecutorThatIsReplacedChangesNoBit() {
    executors.ready(2);
    set("resident.reassemblyTimeout", "1m");
    try (ResidentGradientSource source = open(TinyTraining.network())) {
      assertEquals(expected(4), trainedWithAKill(source));
      assertTrue(executors.takeKilled(), "nobody was killed");
      assertEquals("tasks: 2 tasks for the shards", events.get(0));
      assertTrue(
          Set.of("restart: The tasks start again: shuffle output was lost", FEWER_SLOTS)
              .contains(events.get(1)),
          "Spark says first that the executor or that its shuffle output is lost: " + events);
      assertTrue(residents(source).submitted() > 1, "one job");
      assertTrue(shuffleTasks.count() > 0, "no shard was built again");
    } finally {
      set("resident.reassemblyTimeout", "2s");
    }
  }

  @Test
  void aKilledExecutorWhoseShardsWereWrittenIsReplacedInTheSameJob(@TempDir Path folder) {
    executors.ready(2);
    spark.sparkContext().setCheckpointDir(folder.toUri().toString());
    set("reliableShards", true);
    set("resident.reassemblyTimeout", "1m");
    try (ResidentGradientSource source = open(TinyTraining.network())) {
      assertEquals(expected(4), trainedWithAKill(source));
      assertTrue(executors.takeKilled(), "nobody was killed");
      assertEquals("tasks: 2 tasks for the shards", events.get(0));
      assertTrue(
          events.stream().noneMatch(event -> event.contains("shuffle output was lost")),
          events.toString());
      assertEquals(0, shuffleTasks.count(), "tasks that built shards again");
    } finally {
      set("reliableShards", false);
      set("resident.reassemblyTimeout", "2s");
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
      assertEquals(
          List.of(
              "tasks: 2 tasks for the shards",
              "restart: The tasks start again: 1 of 2 tasks are there",
              "tasks: 1 task for the shards",
              "left: The tasks left: there are more slots",
              "tasks: 2 tasks for the shards"),
          events);
      assertEquals(List.of(2, 1, 2), List.of(tasks[4], tasks[20], tasks[39]));
    } finally {
      executors.limit(2);
    }
  }

  @Test
  void fitsForWhichTooFewExecutorsAreLeftRunAJobAStep() {
    executors.ready(2);
    try (ResidentGradientSource source = open(TinyTraining.network());
        ResidentGradientSource other = open(TinyTraining.network())) {
      SteppedSource stepped =
          new SteppedSource(
              source,
              step -> {
                if (step == 6) {
                  executors.limit(1);
                  executors.killAt(true);
                  executors.await(1);
                }

                other.gradients(snapshot(), new Step(step, 0, 0, 1.0f));
              });

      assertEquals(expected(4), TinyTraining.train(stepped, PLAN, 4));
      assertTrue(executors.takeKilled(), "nobody was killed");
      assertTrue(events.contains("source: A job a step: no slot to hold"), events::toString);
    } finally {
      executors.limit(2);
    }
  }

  /** All that Spark has for the next step are executors that refuse its tasks. */
  @Test
  void executorsThatShutDownAreWaitedFor() {
    executors.ready(2);
    try (ResidentGradientSource source = open(TinyTraining.network())) {
      SteppedSource stepped = new SteppedSource(source, step -> shutDownAt(step == 6));

      assertEquals(expected(4), TinyTraining.train(stepped, PLAN, 4));
      assertTrue(executors.takeKilled(), "nobody left");
    }
  }

  /** Like resident tasks, steps that are jobs of their own. */
  @Test
  void executorsThatShutDownAreWaitedForByJobs() {
    executors.ready(2);
    set("gradientSource", "job");
    try (GradientSource source =
        TinyDatasets.sharded(spark, 61, 3, 4).open(TinyTraining.network(), PLAN)) {
      SteppedSource stepped = new SteppedSource(source, step -> shutDownAt(step == 6));

      assertEquals(expected(4), TinyTraining.train(stepped, PLAN, 4));
      assertTrue(executors.takeKilled(), "nobody left");
    } finally {
      set("gradientSource", "resident");
    }
  }

  private static void shutDownAt(boolean now) {
    if (now) {
      executors.shutDownSlowly(6000);
    }
  }

  @Test
  void fitsLeaveNothingBehind() {
    executors.ready(2);
    open(TinyTraining.network()).close();
    Leftovers before = Leftovers.settled(spark.sparkContext());
    oneOfEachKind();
    assertEquals(before, Leftovers.settled(spark.sparkContext()));
  }

  /** Trains with residents, by jobs, without success, and until it is interrupted. */
  private void oneOfEachKind() {
    try (ResidentGradientSource source = open(TinyTraining.network())) {
      TinyTraining.train(source, PLAN, 1);
      Leftovers now = Leftovers.of(spark.sparkContext());
      assertTrue(now.endpoints().contains(residents(source).driver().name()));
      assertEquals(1, now.listeners().get(SlotShares.class.getName()));
      assertTrue(now.threads() > 0);
    }

    set("gradientSource", "job");
    TinyTraining.train(TinyDatasets.sharded(spark, 61, 3, 4), PLAN, 1);
    set("gradientSource", "resident");
    try (ResidentGradientSource source = open(TinyTraining.network(FaultyLoss.failing(-1)))) {
      assertThrows(IllegalStateException.class, () -> TinyTraining.train(source, PLAN, 1));
    }

    try (ResidentGradientSource source = open(TinyTraining.network())) {
      SteppedSource interrupted =
          new SteppedSource(
              source,
              step -> {
                if (step == 3) {
                  Thread.currentThread().interrupt();
                }
              });
      assertThrows(CancellationException.class, () -> TinyTraining.train(interrupted, PLAN, 2));
      assertTrue(Thread.interrupted());
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
    VariableValues variables = VariableValues.copyOf(Network.of(network).createVariables(1));
    assertTrue(new ExecutorVariables(9 * 40_000).parts() > 4);
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
      name = residents(source).driver().name();

      assertNotNull(SparkInternals.caller(name));
    }

    assertNull(SparkInternals.caller(name));
  }

  @Test
  void anExecutorWithoutMemoryForAStepEndsTheFitAtOnce() {
    executors.ready(2);
    long start = System.nanoTime();
    try (ResidentGradientSource source = open(TinyTraining.network(FaultyLoss.huge()))) {
      String message =
          assertThrows(IllegalStateException.class, () -> TinyTraining.train(source, PLAN, 1))
              .getMessage();

      assertTrue(message.contains("OutOfMemoryError"), message);
      assertTrue(message.contains("the executor's heap of 1024 MB is too small"), message);
      assertTrue(message.contains("Raise spark.executor.memory"), message);
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(30), "too late");
      assertEquals(1, residents(source).submitted());
    }

    executors.await(2);
  }

  @Test
  void messagesThatAreNoTasksChangeNothing() {
    executors.ready(2);
    try (ResidentGradientSource source = open(TinyTraining.network())) {
      String name = residents(source).driver().name();
      SteppedSource disturbed = new SteppedSource(source, step -> sendGarbage(name));

      assertEquals(expected(3), TinyTraining.train(disturbed, PLAN, 3));
      assertEquals(1, residents(source).submitted());
    }
  }

  /** Each of one kind: too short, of no known kind, of more parts than memory, of another fit. */
  private static void sendGarbage(String endpoint) {
    SparkInternals.Caller caller = Objects.requireNonNull(SparkInternals.caller(endpoint));
    TaskId stranger = new TaskId(1, 1, 0, new ShardRange(0, 1), 1, 0);
    Report ready = Report.ready(stranger);
    FrameBytes parts = FrameBytes.of(Report.Frame.headerBytes(ready, 0));
    Report.Frame.begin(ready, 0, 0, Integer.MAX_VALUE, parts.writer());
    for (byte[] frame :
        List.of(
            new byte[0],
            new byte[7],
            new byte[200],
            parts.copy(),
            Report.Frame.ofText(Report.of(stranger, Report.Kind.REFUSED, "stop")))) {
      caller.tell(frame);
      caller.ask(FrameBytes.copyOf(frame));
    }
  }
}
