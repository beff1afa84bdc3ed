package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.LambdaCallback;
import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.SourceSettings;
import io.firesteel.spark.internal.shards.DealtShards;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.FaultyLoss;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.SteppedSource;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.training.FitOptions;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How resident tasks come, make way, start again and leave, in one process. */
@Tag("spark")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ResidentLifecycleTest {

  private static final BatchPlan PLAN = new BatchPlan(61, 17, 3, 5, true);
  private static final String[] SETTINGS = {
    "spark.firesteel.resident.yieldAfter=300ms",
    "spark.firesteel.resident.reassemblyTimeout=1s",
    "spark.firesteel.resident.progressTimeout=20s"
  };

  private static SparkSession session() {
    return LocalSpark.session("local[2]", SETTINGS);
  }

  private static ResidentGradientSource open(SparkSession spark, NetworkSpec network) {
    return (ResidentGradientSource) TinyDatasets.sharded(spark, 61, 3, 4).open(network, PLAN);
  }

  private static ResidentGradientSource open(SparkSession spark) {
    return open(spark, TinyTraining.network());
  }

  private static VariableValues snapshot() {
    return VariableValues.copyOf(Network.of(TinyTraining.network()).createVariables(1));
  }

  private static String expected(int epochs) {
    return TinyTraining.train(TinyTraining.local(61), PLAN, epochs);
  }

  private static ResidentTasks residents(ResidentGradientSource source) {
    return java.util.Objects.requireNonNull(source.residents());
  }

  @Test
  void oneJobDoesAllStepsAndValidations() throws Exception {
    SparkSession spark = session();
    List<String> jobs = new ArrayList<>();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            jobs.add(start.properties().getProperty("spark.job.description"));
          }
        };
    BatchPlan validation = BatchPlan.evaluation(19, 32);
    try (ResidentGradientSource source =
            (ResidentGradientSource)
                TinyDatasets.sharded(spark, 61, 2, 1)
                    .open(TinyTraining.network(), PLAN, TinyDatasets.sharded(spark, 19, 2, 1));
        GradientSource local = TinyTraining.local(19).open(TinyTraining.network(), validation)) {
      spark.sparkContext().addSparkListener(listener);
      assertEquals(expected(3), TinyTraining.train(source, PLAN, 3));
      for (int i = 0; i < 2; i++) {
        assertEquals(
            local.evaluate(DataSet.TRAINING, snapshot()).loss(),
            source.evaluate(DataSet.VALIDATION, snapshot()).loss());
        source.gradients(snapshot(), new Step(i, 0, i, 1.0f));
      }

      assertEquals(1, residents(source).submitted());
      spark.sparkContext().listenerBus().waitUntilEmpty();
      assertEquals(List.of("Firesteel trains on 61 rows in 3 shards"), jobs);
    } finally {
      spark.sparkContext().removeSparkListener(listener);
    }
  }

  @Test
  void aFailedTaskStartsTheJobAgainAtTheSameStep() {
    NetworkSpec network = TinyTraining.network(FaultyLoss.failing(10));
    try (ResidentGradientSource source = open(session(), network)) {
      assertEquals(expected(3), TinyTraining.train(source, PLAN, 3));
      assertEquals(1, FaultyLoss.fired());
      assertEquals(2, residents(source).submitted());
    }
  }

  @Test
  void aFailureWithoutProgressSaysItsFirstCauseAndItsExecutor() {
    try (ResidentGradientSource source =
        open(session(), TinyTraining.network(FaultyLoss.failing(-1)))) {
      IllegalStateException failure =
          assertThrows(IllegalStateException.class, () -> TinyTraining.train(source, PLAN, 1));

      assertEquals(
          "Firesteel trains on 61 rows in 3 shards: failed with java.lang.IllegalStateException: "
              + FaultyLoss.MESSAGE
              + " on executor driver (127.0.0.1)",
          failure.getMessage());
      assertEquals(1, residents(source).submitted());
    }
  }

  @Test
  void aRoundThatTakesTooLongFailsWithTheTaskThatIsMissing() {
    SparkSession spark =
        LocalSpark.session("local[2]", "spark.firesteel.resident.progressTimeout=1s");
    try (ResidentGradientSource source =
        open(spark, TinyTraining.network(FaultyLoss.slow(5, 4000)))) {
      IllegalStateException failure =
          assertThrows(IllegalStateException.class, () -> TinyTraining.train(source, PLAN, 2));

      assertEquals(1, FaultyLoss.fired());
      assertTrue(
          failure
              .getMessage()
              .startsWith(
                  "Firesteel trains on 61 rows in 3 shards: no sums for 1 s"
                      + " (spark.firesteel.resident.progressTimeout) from task "),
          failure::getMessage);
      assertTrue(
          failure.getMessage().contains("(executor driver on 127.0.0.1)"), failure::getMessage);
    }
  }

  @Test
  void aSlowTaskIsWaitedFor() {
    try (ResidentGradientSource source =
        open(session(), TinyTraining.network(FaultyLoss.slow(5, 2000)))) {
      assertEquals(expected(2), TinyTraining.train(source, PLAN, 2));
      assertEquals(1, FaultyLoss.fired());
      assertEquals(1, residents(source).submitted());
    }
  }

  @Test
  void anotherJobIsLetThroughWhileTrainingRuns() throws Exception {
    SparkSession spark = session();
    try (ResidentGradientSource source = open(spark)) {
      source.gradients(snapshot(), new Step(0, 0, 0, 1.0f));
      CompletableFuture<Long> count = CompletableFuture.supplyAsync(() -> count(spark));
      long start = System.nanoTime();
      while (!count.isDone()) {
        source.gradients(snapshot(), new Step(0, 0, 0, 1.0f));
      }

      assertEquals(100, count.get());
      assertTrue(System.nanoTime() - start < 20_000_000_000L, "the count took too long");
      assertTrue(residents(source).submitted() > 1, "nobody made way");
      source.gradients(snapshot(), new Step(0, 0, 0, 1.0f));
      assertEquals(expected(2), TinyTraining.train(source, PLAN, 2));
    }
  }

  @Test
  void aJobOfTheTrainersOwnThreadIsLetThrough() {
    SparkSession spark = session();
    try (ResidentGradientSource source = open(spark)) {
      AtomicLong counted = new AtomicLong();
      SteppedSource counting =
          new SteppedSource(
              source,
              step -> {
                if (step == 3) {
                  counted.set(count(spark));
                }
              });

      assertEquals(expected(2), TinyTraining.train(counting, PLAN, 2));
      assertEquals(100, counted.get());
      assertEquals(2, residents(source).submitted());
    }
  }

  @Test
  void aStageThatEndedBeforeTheLedgerListenedIsForgotten() throws Exception {
    SparkSession spark = session();
    try (SlotShares.Share share = SlotShares.enter(spark.sparkContext(), "fit", new NoEvents())) {
      share.guess(1_000_000, 1, 0);
      assertFalse(share.othersStarve(0));
      share.guess(1_000_001, 0, 1);
      assertEquals(2, share.free());
      share.guess(1_000_002, 1, 1);
      long start = System.nanoTime();
      share.awaitOthers(10, 60_000);
      assertTrue(System.nanoTime() - start < 30_000_000_000L, "it waited for nobody");
    }
  }

  private static final class NoEvents implements SlotShares.JobEvents {
    @Override
    public void active() {}

    @Override
    public void taskStarted(int incarnation, int task, long attempt) {}

    @Override
    public void taskEnded(int incarnation, int task, long attempt) {}

    @Override
    public void broken(int incarnation, String reason) {}
  }

  @Test
  void aCallbackThatUsesTheClusterDoesNotWaitForSlots() {
    SparkSession spark = LocalSpark.session("local[2]", "spark.firesteel.resident.yieldAfter=1h");
    List<Long> counts = new ArrayList<>();
    LambdaCallback counting =
        LambdaCallback.builder()
            .onEpochEnd((epoch, logs) -> counts.add(count(spark)))
            .usesCluster()
            .build();

    assertEquals(fitted(spark), fitted(spark, counting));
    assertEquals(List.of(100L, 100L), counts);
  }

  private static List<Double> fitted(SparkSession spark, Callback... callbacks) {
    Sequential model = new Sequential().add(Dense.of(1).inputShape(TinyTraining.FEATURES));
    model.compile("sgd", "mse");
    return model
        .fit(
            TinyDatasets.sharded(spark, 61, 3, 4),
            FitOptions.builder()
                .epochs(2)
                .batchSize(17)
                .shards(3)
                .seed(1)
                .verbose(0)
                .callbacks(callbacks)
                .build())
        .values("loss");
  }

  private static long count(SparkSession spark) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(IntStream.range(0, 100).boxed().toList(), 2)
        .count();
  }

  @Test
  void severalFitsAtOnceShareTheSlots() throws Exception {
    for (String mode : List.of("FIFO", "FAIR")) {
      SparkSession spark =
          LocalSpark.session(
              "local[2]",
              "spark.scheduler.mode=" + mode,
              "spark.firesteel.resident.yieldAfter=300ms");
      for (int fits : new int[] {2, 3}) {
        assertEquals(
            IntStream.range(0, fits).mapToObj(i -> expected(4)).toList(),
            together(spark, fits),
            mode + " " + fits);
      }
    }
  }

  /** Trains several times at once: none takes its second step before all have taken one. */
  private static List<String> together(SparkSession spark, int fits) throws Exception {
    CountDownLatch begun = new CountDownLatch(fits);
    AtomicLong byJobs = new AtomicLong();
    List<CompletableFuture<String>> results = new ArrayList<>();
    for (int i = 0; i < fits; i++) {
      String pool = "pool" + i;
      results.add(
          CompletableFuture.supplyAsync(
              () -> {
                spark.sparkContext().setLocalProperty("spark.scheduler.pool", pool);
                try (ResidentGradientSource source = open(spark)) {
                  return TinyTraining.train(
                      new SteppedSource(source, step -> meet(step, begun, source, byJobs)),
                      PLAN,
                      4);
                }
              },
              task -> new Thread(task).start()));
    }

    List<String> traces = new ArrayList<>();
    for (CompletableFuture<String> result : results) {
      traces.add(result.get());
    }

    assertEquals(fits > 2, byJobs.get() > 0, "fits without a slot of their own: " + byJobs);
    return traces;
  }

  private static void meet(
      long step, CountDownLatch begun, ResidentGradientSource source, AtomicLong byJobs) {
    if (step == 1) {
      byJobs.addAndGet(residents(source).submitted() == 0 ? 1 : 0);
      begun.countDown();
      try {
        begun.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void aCancelledJobEndsTheFitAndIsNotSubmittedAgain() throws Exception {
    SparkSession spark = session();
    SparkContext context = spark.sparkContext();

    assertTrue(cancelled(spark, fit -> context.cancelJobGroup("mine")).contains("cancelled"));
    assertTrue(
        cancelled(spark, fit -> context.cancelJobsWithTag("also-mine")).contains("cancelled"));
    assertEquals(
        "Firesteel trains on 61 rows in 3 shards: interrupted",
        cancelled(spark, Thread::interrupt));
    assertEquals(100, count(spark));
  }

  /** Trains until it is cancelled, and returns what that says. */
  private static String cancelled(SparkSession spark, Consumer<Thread> cancel) throws Exception {
    CompletableFuture<Integer> submitted = new CompletableFuture<>();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    CountDownLatch running = new CountDownLatch(10);
    Thread fit =
        new Thread(
            () -> {
              spark.sparkContext().setJobGroup("mine", "a fit", false);
              spark.sparkContext().addJobTag("also-mine");
              ResidentGradientSource source = open(spark);
              try (source) {
                while (true) {
                  source.gradients(snapshot(), new Step(0, 0, 0, 1.0f));
                  running.countDown();
                }
              } catch (RuntimeException e) {
                ended.completeExceptionally(e);
              }
            });
    fit.start();
    running.await();
    cancel.accept(fit);
    CancellationException failure = assertThrows(CancellationException.class, ended::get);
    fit.join();
    awaitNoJobs(spark.sparkContext());
    return failure.getMessage();
  }

  private static void awaitNoJobs(SparkContext context) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (context.statusTracker().getActiveJobIds().length > 0) {
      assertTrue(System.nanoTime() < deadline, "a job still runs");
      Thread.onSpinWait();
    }
  }

  @Test
  void manyFitsLeaveNothingBehind() throws Exception {
    SparkSession spark = session();
    SparkContext context = spark.sparkContext();
    int cached = LocalSpark.cached(spark).size();
    List<String> before = threadNames();
    for (int i = 0; i < 10; i++) {
      try (ResidentGradientSource source = open(spark)) {
        source.gradients(snapshot(), new Step(0, 0, 0, 1.0f));

        assertEquals(1, ExecutorState.exchanges());
        assertEquals(1, SlotShares.tables());
        assertTrue(threadNames().size() > before.size());
      }
    }

    awaitNoJobs(context);
    assertEquals(cached, LocalSpark.cached(spark).size());
    assertEquals(0, ExecutorState.exchanges());
    assertEquals(0, SlotShares.tables());
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (threadNames().size() > before.size()) {
      assertTrue(System.nanoTime() < deadline, () -> "left: " + threadNames());
      Thread.onSpinWait();
    }
  }

  /** The threads of fits and claims; those of the chunk pool belong to the JVM. */
  private static List<String> threadNames() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("firesteel") && !name.startsWith("firesteel-chunks"))
        .toList();
  }

  @Test
  void withoutSparksInternalsEveryStepIsAJobWithOneWarning() {
    SparkSession spark = session();
    ExecutorNetworkSpec network = new ExecutorNetworkSpec(TinyTraining.network());
    DealtShards shards =
        DealtShards.of(spark.sparkContext(), TinyDatasets.rows(spark, 61, 3, 4), network, PLAN);
    try (CapturedLog log = CapturedLog.of(ResidentGradientSource.class);
        GradientSource source =
            new ResidentGradientSource(
                spark.sparkContext(),
                Map.of(DataSet.TRAINING, shards),
                network,
                SourceSettings.of(spark.sparkContext().conf()),
                (jobs, settings, environments) -> {
                  throw new NoSuchMethodError("RpcEnv.setupEndpoint");
                })) {
      assertEquals(expected(2), TinyTraining.train(source, PLAN, 2));
      assertEquals("job", source.name());
      assertEquals(
          "This Spark lacks what resident tasks need, so every step is a Spark job of its own",
          log.text());
    }
  }
}
