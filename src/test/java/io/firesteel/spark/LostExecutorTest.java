package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.layers.Dense;
import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.losses.Reduction;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.variables.VariableValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors are processes of their own here, and one of them is killed with its shards. */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LostExecutorTest {

  private static final BatchPlan PLAN = new BatchPlan(61, 17, 5, 5, true);

  private SparkSession spark;
  private Assassin assassin;

  @BeforeEach
  void start() {
    spark = LocalSpark.session("local-cluster[2,1,1024]", "spark.firesteel.gradientSource=job");
    awaitExecutors(2);
    assassin = new Assassin(pids());
    spark.sparkContext().addSparkListener(assassin);
  }

  @AfterEach
  void stop() {
    LocalSpark.stop();
  }

  @Test
  void aKilledExecutorChangesNoBit() throws Exception {
    assassin.victim = "Firesteel step 4, epoch 1";

    assertEquals(
        TinyTraining.train(TinyTraining.local(61), PLAN, 3),
        TinyTraining.train(TinyDatasets.sharded(spark, 61, 3, 4), PLAN, 3));
    spark.sparkContext().listenerBus().waitUntilEmpty();
    assertTrue(assassin.killed != null && !assassin.killed.isAlive(), "nobody was killed");
    assertEquals(1, assassin.removed, "executors that Spark lost");
  }

  @Test
  void dataThatComesBackDifferentStopsTraining() throws Exception {
    VariableValues snapshot = snapshot();
    try (GradientSource source = changing().open(TinyTraining.network(), PLAN)) {
      source.gradients(snapshot, new Step(0, 0, 0, 1.0f));
      assassin.victim = "Firesteel step 2, epoch 1";
      IllegalStateException failure =
          assertThrows(
              IllegalStateException.class,
              () -> {
                for (int t = 1; t < 4; t++) {
                  source.gradients(snapshot, new Step(t, 0, t, 1.0f));
                }
              });

      assertTrue(failure.getMessage().contains("ChangedShardException"), failure::getMessage);
      assertTrue(failure.getMessage().contains("was rebuilt"), failure::getMessage);
      assertTrue(assassin.killed != null && !assassin.killed.isAlive(), "nobody was killed");
    }
  }

  @Test
  void reliableShardsOutliveAnExecutorAndADataSetThatComesBackDifferent(@TempDir Path folder)
      throws Exception {
    spark.sparkContext().setCheckpointDir(folder.toUri().toString());
    spark.sparkContext().conf().set("spark.firesteel.reliableShards", "true");
    VariableValues snapshot = snapshot();
    try (GradientSource source = changing().open(TinyTraining.network(), PLAN)) {
      List<float[]> before = gradients(source, snapshot);
      assassin.victim = "Firesteel step 1, epoch 1";

      assertSame(before, gradients(source, snapshot));
      spark.sparkContext().listenerBus().waitUntilEmpty();
      assertTrue(assassin.killed != null && !assassin.killed.isAlive(), "nobody was killed");
      assertTrue(shardFiles(folder) >= PLAN.shards(), "no shards in the checkpoint directory");
    }

    assertEquals(0, shardFiles(folder));
  }

  private static List<float[]> gradients(GradientSource source, VariableValues snapshot) {
    return Arrays.stream(source.gradients(snapshot, new Step(0, 0, 0, 1.0f)).gradients())
        .map(float[]::clone)
        .toList();
  }

  private static void assertSame(List<float[]> expected, List<float[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), 0);
    }
  }

  private static long shardFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith("part-")).count();
    }
  }

  /** Returns data with weights that are others each time they are read. */
  private ShardedDataset changing() {
    spark
        .udf()
        .register(
            "noise",
            functions
                .udf(
                    (UDF1<Integer, Float>) id -> (float) (id + System.nanoTime() % 1000),
                    DataTypes.FloatType)
                .asNondeterministic());
    return TinyDatasets.sharded(
        TinyDatasets.frame(spark, 61, 3, 4).selectExpr("x", "y", "noise(id) as w"));
  }

  private static VariableValues snapshot() {
    return VariableValues.copyOf(Network.of(TinyTraining.network()).createVariables(1));
  }

  @Test
  void executorsKnowTheCustomClassesThatTheDriverRegistered() {
    Losses.register("tests", HalfSquaredError.class, HalfSquaredError::fromConfig);
    NetworkSpec network =
        Network.of(
                "linear",
                Shape.of(TinyTraining.FEATURES),
                List.of(Dense.of(1).withName("dense")),
                new HalfSquaredError(),
                List.of())
            .spec();
    VariableValues snapshot = VariableValues.copyOf(Network.of(network).createVariables(1));
    try (GradientSource local = TinyTraining.local(61).open(network, PLAN);
        GradientSource cluster = TinyDatasets.sharded(spark, 61, 2, 1).open(network, PLAN)) {
      assertEquals(
          local.evaluate(DataSet.TRAINING, snapshot).loss(),
          cluster.evaluate(DataSet.TRAINING, snapshot).loss());
    }
  }

  /** A loss that only this test knows. */
  public static final class HalfSquaredError extends Loss {

    HalfSquaredError() {
      super("half_squared_error", Reduction.SUM);
    }

    static HalfSquaredError fromConfig(Config config) {
      return new HalfSquaredError();
    }

    @Override
    public Config getConfig() {
      return Config.empty();
    }

    @Override
    public void call(
        float[] labels,
        float[] predictions,
        int samples,
        int width,
        float[] losses,
        float @Nullable [] gradient) {
      for (int i = 0; i < samples; i++) {
        float error = predictions[i] - labels[i];
        losses[i] = error * error / 2;
        if (gradient != null) {
          gradient[i] = error;
        }
      }
    }
  }

  private void awaitExecutors(int count) {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (spark.sparkContext().statusTracker().getExecutorInfos().length <= count) {
      assertFalse(System.nanoTime() > deadline, "the executors did not come up");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private Map<String, Long> pids() {
    Map<String, Long> pids = new ConcurrentHashMap<>();
    while (pids.size() < 2) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      List<Integer> numbers = IntStream.range(0, 8).boxed().toList();
      for (String pid : context.parallelize(numbers, 8).map(LostExecutorTest::pid).collect()) {
        pids.put(pid.split(":", 2)[0], Long.parseLong(pid.split(":", 2)[1]));
      }
    }

    return pids;
  }

  private static String pid(int number) {
    return SparkEnv.get().executorId() + ":" + ProcessHandle.current().pid();
  }

  /** Kills the executor of the first task of the job with a description. */
  private static final class Assassin extends SparkListener {
    private final Map<String, Long> pids;
    private volatile String victim = "";
    private volatile ProcessHandle killed;
    private volatile int removed;
    private volatile int stage = -1;

    private Assassin(Map<String, Long> pids) {
      this.pids = pids;
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
      Properties properties = submitted.properties();
      if (victim.equals(properties.getProperty("spark.job.description"))) {
        stage = submitted.stageInfo().stageId();
      }
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      if (killed == null && start.stageId() == stage) {
        killed = ProcessHandle.of(pids.get(start.taskInfo().executorId())).orElseThrow();
        killed.destroyForcibly();
        killed.onExit().join();
      }
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
      removed++;
    }
  }
}
