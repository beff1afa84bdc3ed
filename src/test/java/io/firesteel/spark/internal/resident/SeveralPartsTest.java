package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.LambdaCallback;
import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Discretization;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.Flatten;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metrics;
import io.firesteel.models.Sequential;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.spark.internal.frames.ExecutorVariables;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.ClusterExecutors;
import io.firesteel.testing.FaultyLoss;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.PartedTraining;
import io.firesteel.testing.SteppedSource;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.training.TrainingData;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Models whose variables and gradients travel in several parts, on executors of several tasks: the
 * bits of one process, whatever happens to the tasks.
 */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SeveralPartsTest {

  private static final int ROWS = 61;
  private static final int WIDTH = 17_000;
  private static final BatchPlan PLAN = new BatchPlan(ROWS, 17, 8, 5, true);

  private static SparkSession spark;
  private static ClusterExecutors executors;

  @BeforeAll
  static void start() {
    spark =
        LocalSpark.session(
            "local-cluster[2,2,1024]",
            "spark.locality.wait=100ms",
            "spark.shuffle.io.retryWait=100ms",
            "spark.firesteel.resident.reassemblyTimeout=1m");
    executors = new ClusterExecutors(spark.sparkContext());
    executors.await(2);
    assertTrue(new ExecutorVariables(9 * WIDTH).parts() > 2);
  }

  @AfterAll
  static void stop() {
    LocalSpark.stop();
  }

  private static ShardedDataset data() {
    return TinyDatasets.sharded(spark, ROWS, 3, 4);
  }

  private static LocalData local() {
    return TinyTraining.local(ROWS);
  }

  private static List<String> expected(NetworkSpec network, BatchPlan plan, int steps) {
    try (GradientSource source = local().open(network, plan)) {
      return PartedTraining.train(source, network, plan, steps);
    }
  }

  private static List<String> resident(
      NetworkSpec network, BatchPlan plan, int steps, LongConsumer before) {
    try (ResidentGradientSource source = (ResidentGradientSource) data().open(network, plan)) {
      return PartedTraining.train(new SteppedSource(source, before), network, plan, steps);
    }
  }

  private static void requireSame(NetworkSpec network, BatchPlan plan) {
    assertEquals(expected(network, plan, 4), resident(network, plan, 4, step -> {}));
  }

  @Test
  void fitsAndValidationHaveTheBitsOfOneProcessAndOfJobs() {
    NetworkSpec network = TinyTraining.network(WIDTH);
    List<String> expected;
    try (GradientSource source = local().open(network, PLAN, TinyTraining.local(23), 9)) {
      expected = PartedTraining.trainAndValidate(source, network, PLAN, 5);
    }

    for (String kind : List.of("resident", "job")) {
      spark.sparkContext().conf().set("spark.firesteel.gradientSource", kind);
      try (GradientSource source =
          data().open(network, PLAN, TinyDatasets.sharded(spark, 23, 2, 4), 9)) {
        assertEquals(expected, PartedTraining.trainAndValidate(source, network, PLAN, 5), kind);
        assertEquals(kind, source.name());
      } finally {
        spark.sparkContext().conf().set("spark.firesteel.gradientSource", "resident");
      }
    }
  }

  /** All sums of a step may come at the same time, but not always. */
  @Test
  void variablesAreUpdatedBeforeAllSumsAreThere() {
    NetworkSpec network = TinyTraining.network(WIDTH);
    long before = PartedTraining.early();
    for (int fits = 0; fits < 20 && PartedTraining.early() == before; fits++) {
      requireSame(network, PLAN);
    }

    assertTrue(PartedTraining.early() > before);
  }

  /**
   * Variables that went out before their step was whole go out again where a callback has written
   * to them since.
   */
  @Test
  void fitsWhoseCallbacksWriteToWeights() {
    for (boolean writes : new boolean[] {false, true}) {
      assertEquals(fit(local(), writes), fit(data(), writes));
    }
  }

  private static String fit(TrainingData rows, boolean writes) {
    Sequential model = new Sequential().seed(2);
    model.add(Dense.of(WIDTH).activation("relu").inputShape(TinyTraining.FEATURES));
    model.add(BatchNormalization.of());
    model.add(Dense.of(TinyTraining.CLASSES).activation("softmax"));
    model.compile("adam", "sparse_categorical_crossentropy");
    LambdaCallback writer =
        LambdaCallback.builder()
            .onTrainBatchEnd(
                (batch, logs) -> {
                  if (writes && batch % 2 == 0) {
                    model.variables().forEach(variable -> variable.values()[0] += 0.125f);
                  }
                })
            .build();
    model.fit(
        rows,
        FitOptions.builder()
            .epochs(4)
            .batchSize(17)
            .shards(8)
            .verbose(0)
            .callbacks(writer)
            .build());
    return model.weightsSha256();
  }

  /** Variables of a little less than a part, of as much, and of little more. */
  @Test
  void sizesAroundTheLimitOfAPart() {
    int most = 1;
    while (new ExecutorVariables(9 * (most + 1) + 3).parts() == 1) {
      most++;
    }

    for (int width = most - 1; width <= most + 1; width++) {
      requireSame(TinyTraining.network(width), PLAN);
    }
  }

  @Test
  void tasksWithoutRowsInAStep() {
    requireSame(TinyTraining.network(WIDTH), new BatchPlan(ROWS, 2, 8, 5, true));
  }

  /** Of the embedding few rows are touched; the other layers have whole gradients. */
  @Test
  void embeddingsWhoseGradientsAreSumsOfRows() {
    NetworkSpec network =
        Network.of(
                "rows",
                Shape.of(TinyTraining.FEATURES),
                List.of(
                    Discretization.of(-0.5, -0.1, 0.2, 0.6).withName("bins"),
                    Embedding.of(60_000, 3).withName("embedding"),
                    Flatten.of().withName("flatten"),
                    Dense.of(9_000).activation("relu").withName("wide"),
                    Dense.of(TinyTraining.CLASSES).activation("softmax").withName("output")),
                Losses.get("sparse_categorical_crossentropy"),
                List.of(Metrics.resolve("accuracy", TinyTraining.CLASSES, 1)))
            .spec();
    requireSame(network, PLAN);
  }

  @Test
  void anExecutorThatIsKilledWithinAStepAndReplaced() {
    executors.ready(2);
    NetworkSpec network = TinyTraining.network(WIDTH);
    List<String> expected = expected(network, PLAN, 12);
    assertEquals(
        expected,
        resident(
            network,
            PLAN,
            12,
            step -> {
              if (step == 5) {
                CompletableFuture.runAsync(
                    () -> {
                      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
                      executors.killAt(true);
                    });
              }
            }));
    assertTrue(executors.takeKilled(), "nobody was killed");
    executors.await(2);
  }

  /**
   * Others of its group wait for a slow task meanwhile; it is killed with and without interrupt.
   */
  @Test
  void aTaskThatIsKilledWhileItsGroupWaits() {
    executors.ready(2);
    NetworkSpec slow = TinyTraining.network(WIDTH, FaultyLoss.slow(9, 1500));
    Running running = new Running();
    spark.sparkContext().addSparkListener(running);
    List<String> expected = expected(TinyTraining.network(WIDTH), PLAN, 12);
    AtomicInteger kills = new AtomicInteger();
    assertEquals(
        expected,
        resident(
            slow,
            PLAN,
            12,
            step -> {
              if (step > 0 && step % 3 == 0) {
                boolean interrupt = step % 2 == 0;
                CompletableFuture.runAsync(
                    () -> {
                      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                      long task = running.tasks.iterator().next();
                      spark.sparkContext().killTaskAttempt(task, interrupt, "a test");
                      kills.incrementAndGet();
                    });
              }
            }));
    assertTrue(kills.get() > 0 && running.ended.get() > 0, "nobody was killed");
  }

  /** The tasks that run. */
  private static final class Running extends SparkListener {
    private final Set<Long> tasks = new ConcurrentSkipListSet<>();
    private final AtomicInteger ended = new AtomicInteger();

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      tasks.add(start.taskInfo().taskId());
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      tasks.remove(end.taskInfo().taskId());
      ended.addAndGet(end.taskInfo().killed() ? 1 : 0);
    }
  }

  @Test
  void aFitThatIsCancelledAndAnotherOneInTheSameContext() {
    NetworkSpec network = TinyTraining.network(WIDTH);
    SparkContext context = spark.sparkContext();
    for (int i = 0; i < 2; i++) {
      LongConsumer cancel =
          step -> {
            if (step == 3) {
              for (int job : context.statusTracker().getActiveJobIds()) {
                context.cancelJob(job);
              }
            }
          };
      assertThrows(CancellationException.class, () -> resident(network, PLAN, 50, cancel));
      requireSame(network, PLAN);
    }
  }

  @Test
  void fitsOneAfterTheOtherAndSideBySide() throws Exception {
    NetworkSpec one = TinyTraining.network(WIDTH);
    NetworkSpec other = TinyTraining.network(WIDTH + 9_001);
    List<String> expectedOne = expected(one, PLAN, 6);
    List<String> expectedOther = expected(other, PLAN, 6);
    CompletableFuture<List<String>> beside =
        CompletableFuture.supplyAsync(() -> resident(other, PLAN, 6, step -> {}));
    assertEquals(expectedOne, resident(one, PLAN, 6, step -> {}));
    assertEquals(expectedOther, beside.get());
    assertEquals(expectedOther, resident(other, PLAN, 6, step -> {}));
  }
}
