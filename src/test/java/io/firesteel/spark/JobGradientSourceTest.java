package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.data.BatchPlan;
import io.firesteel.network.Network;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.training.GradientSource;
import io.firesteel.training.Step;
import io.firesteel.training.TrainingData;
import io.firesteel.variables.VariableSnapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockResult;
import org.apache.spark.storage.BroadcastBlockId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class JobGradientSourceTest {

  private static final BatchPlan PLAN = new BatchPlan(61, 17, 3, 5, true);

  private static VariableSnapshot snapshot() {
    return VariableSnapshot.copyOf(Network.of(TinyTraining.network()).createVariables(1));
  }

  private static GradientSource open(SparkSession spark) {
    return TinyDatasets.sharded(spark, 61, 2, 1).open(TinyTraining.network(), PLAN);
  }

  @Test
  void givesTheBitsOfTheLocalSourceForEveryPartitioningOfTheInput(SparkSession spark) {
    String expected = TinyTraining.train(TinyTraining.local(61), PLAN, 2);

    assertEquals(expected, TinyTraining.train(TinyDatasets.sharded(spark, 61, 1, 1), PLAN, 2));
    assertEquals(expected, TinyTraining.train(TinyDatasets.sharded(spark, 61, 2, 2), PLAN, 2));
    assertEquals(expected, TinyTraining.train(TinyDatasets.sharded(spark, 61, 5, 3), PLAN, 2));
  }

  @Test
  void givesTheSameBitsForBatchesAndShardsThatDivideNothing(SparkSession spark) {
    for (BatchPlan plan :
        List.of(
            new BatchPlan(10, 3, 2, 1, true),
            new BatchPlan(10, 64, 1, 1, true),
            new BatchPlan(10, 4, 13, 1, true),
            new BatchPlan(10, 1, 5, 1, true),
            new BatchPlan(1, 1, 2, 1, true))) {
      int rows = (int) plan.rows();

      assertEquals(
          TinyTraining.train(TinyTraining.local(rows), plan, 1),
          TinyTraining.train(TinyDatasets.sharded(spark, rows, 2, 1), plan, 1),
          plan::toString);
    }
  }

  @Test
  void givesTheSameBitsOnOneCore() {
    String expected = TinyTraining.train(TinyTraining.local(61), PLAN, 1);
    SparkSession oneCore = LocalSpark.session("local[1]");

    assertEquals(expected, TinyTraining.train(TinyDatasets.sharded(oneCore, 61, 3, 4), PLAN, 1));
  }

  @Test
  void worksWithKryoThatKnowsRegisteredClassesOnly(@TempDir Path folder) {
    String expected = TinyTraining.train(TinyTraining.local(61), PLAN, 1);
    String files = folder.resolve("rows").toString();
    TinyDatasets.frame(LocalSpark.session("local[2]"), 61, 3, 4).write().parquet(files);
    SparkSession kryo =
        LocalSpark.session(
            "local[2]",
            "spark.serializer=org.apache.spark.serializer.KryoSerializer",
            "spark.kryo.registrationRequired=true",
            "spark.kryo.registrator=" + FiresteelKryoRegistrator.class.getName());
    ShardedDataset data =
        TinyDatasets.sharded(kryo.read().schema(TinyDatasets.SCHEMA).parquet(files));

    assertEquals(expected, TinyTraining.train(data, PLAN, 1));
    assertEquals(
        TinyTraining.local(61).split(0.2, 5, true).validation().fingerprint(),
        data.split(0.2, 5, true).validation().fingerprint());
    BatchPlan inOrder = new BatchPlan(61, 17, 3, 5, false);
    assertEquals(
        TinyTraining.train(TinyTraining.local(61), inOrder, 1),
        TinyTraining.train(data.orderBy("id"), inOrder, 1));
  }

  @Test
  void worksWithKryoWithoutARegistrator() {
    String expected = TinyTraining.train(TinyTraining.local(61), PLAN, 1);
    SparkSession kryo =
        LocalSpark.session(
            "local[2]", "spark.serializer=org.apache.spark.serializer.KryoSerializer");

    assertEquals(expected, TinyTraining.train(TinyDatasets.sharded(kryo, 61, 3, 4), PLAN, 1));
  }

  @Test
  void variablesAreBroadcastForOneStepOnly(SparkSession spark) {
    awaitNoBroadcasts();
    Broadcast<float[][]> seen =
        spark
            .sparkContext()
            .broadcast(new float[][] {{1}}, ClassTag$.MODULE$.apply(float[][].class));
    assertEquals(1, broadcasts(), "the count must see a broadcast that is alive");
    seen.destroy(true);

    try (GradientSource source = open(spark)) {
      for (int t = 0; t < 3; t++) {
        source.gradients(snapshot(), new Step(t, 0, t, 1.0f));
      }

      source.evaluate(snapshot());
      VariableSnapshot wrong = VariableSnapshot.wrap(new float[][] {{1}});
      assertThrows(
          IllegalStateException.class, () -> source.gradients(wrong, new Step(3, 0, 3, 1.0f)));
      awaitNoBroadcasts();
    }
  }

  /** Destroying is asynchronous in Spark. */
  private static void awaitNoBroadcasts() {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (broadcasts() > 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }

    assertEquals(0, broadcasts());
  }

  /** Returns how many broadcasts of variables are alive; Spark has others, of its tasks. */
  private static int broadcasts() {
    BlockManager blocks = SparkEnv.get().blockManager();
    int count = 0;
    for (BlockId id :
        CollectionConverters.asJava(
            blocks.getMatchingBlockIds(
                block -> block instanceof BroadcastBlockId it && it.field().isEmpty()))) {
      scala.Option<BlockResult> found = blocks.getLocalValues(id);
      if (found.isDefined()) {
        for (Object value : CollectionConverters.asJava(found.get().data().toSeq())) {
          count += value instanceof float[][] ? 1 : 0;
        }
      }
    }

    return count;
  }

  @Test
  void cachedShardsAreFreedAtTheEnd(SparkSession spark) {
    Set<Object> before = LocalSpark.cached(spark);
    try (GradientSource source = open(spark)) {
      source.evaluate(snapshot());

      assertEquals(2, LocalSpark.newlyCached(spark, before).size());
    }

    assertEquals(Set.of(), LocalSpark.newlyCached(spark, before));
  }

  @Test
  void tasksStaySmallWhateverTheSizeOfTheData(SparkSession spark) {
    int small = taskBytes(spark, 61);
    int large = taskBytes(spark, 2000);

    assertTrue(small < 24_000, "bytes of a task: " + small);
    assertTrue(Math.abs(large - small) < 200, "bytes of a task: " + small + " and " + large);
  }

  private static int taskBytes(SparkSession spark, int rows) {
    BatchPlan plan = new BatchPlan(rows, 17, 3, 5, true);
    SparkContext context = spark.sparkContext();
    SparkRows data = TinyDatasets.sharded(spark, rows, 2, 1).sparkRows();
    NetworkRecipe network = new NetworkRecipe(TinyTraining.network());
    try (DealtShards shards = DealtShards.of(context, data, network, plan)) {
      Broadcast<float[][]> sent =
          context.broadcast(new float[1000][1000], ClassTag$.MODULE$.apply(float[][].class));
      SumsTask task = new SumsTask(network, plan, shards.hashes(), sent, new Step(0, 0, 0, 1.0f));
      Object sentToExecutors = new Tuple2<>(shards.jobs().grouped(), task);
      int size =
          SparkEnv.get()
              .closureSerializer()
              .newInstance()
              .serialize(sentToExecutors, ClassTag$.MODULE$.Any())
              .limit();
      sent.destroy();
      return size;
    }
  }

  @Test
  void closingTwiceIsHarmless(SparkSession spark) {
    Set<Object> before = LocalSpark.cached(spark);
    ShardedDataset data = TinyDatasets.sharded(spark, 61, 2, 1);
    GradientSource closed = data.open(TinyTraining.network(), PLAN);
    closed.close();
    closed.close();
    try (GradientSource source = data.open(TinyTraining.network(), PLAN)) {
      assertEquals(61, source.evaluate(snapshot()).rows());
      assertEquals(2, LocalSpark.newlyCached(spark, before).size());
    }
  }

  @Test
  void saysWhatTheExecutorsComputeWith(SparkSession spark) {
    try (GradientSource source = open(spark)) {
      source.evaluate(snapshot());

      assertEquals("job", source.name());
      assertEquals(
          TinyTraining.local(5)
              .open(TinyTraining.network(), new BatchPlan(5, 5, 1, 0, true))
              .environments(),
          source.environments());
    }
  }

  @Test
  void aSplitTrainsToTheSameBitsAsInMemory(SparkSession spark) {
    Set<Object> before = LocalSpark.cached(spark);
    TrainingData.Split local = TinyTraining.local(61).split(0.3, 5, true);
    TrainingData.Split cluster = TinyDatasets.sharded(spark, 61, 3, 8).split(0.3, 5, true);
    for (long seed : new long[] {5, 6}) {
      BatchPlan plan = new BatchPlan(42, 9, 4, seed, true);

      assertEquals(
          TinyTraining.train(local.training(), plan, 1),
          TinyTraining.train(cluster.training(), plan, 1));
    }

    BatchPlan plan = BatchPlan.evaluation(19);
    assertEquals(
        TinyTraining.train(local.validation(), plan, 1),
        TinyTraining.train(cluster.validation(), plan, 1));
    assertEquals(local.training().fingerprint(), cluster.training().fingerprint());
    assertEquals(local.validation().fingerprint(), cluster.validation().fingerprint());
    assertEquals(Set.of(), LocalSpark.newlyCached(spark, before));
  }
}
