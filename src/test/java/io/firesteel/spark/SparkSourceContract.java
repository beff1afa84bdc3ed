package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.network.Network;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.training.TrainingData;
import io.firesteel.variables.VariableValues;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every gradient source on Spark does, on this machine's cores. */
@Tag("spark")
public abstract class SparkSourceContract {

  protected static final BatchPlan PLAN = new BatchPlan(61, 17, 3, 5, true);

  protected static VariableValues snapshot() {
    return VariableValues.copyOf(Network.of(TinyTraining.network()).createVariables(1));
  }

  /** Returns the name of the source. */
  protected abstract String source();

  /** Returns a session whose data is trained on by the source. */
  protected SparkSession session(String master, String... keyValues) {
    List<String> settings = new ArrayList<>(List.of(keyValues));
    settings.add("spark.firesteel.gradientSource=" + source());
    return LocalSpark.session(master, settings.toArray(new String[0]));
  }

  protected SparkSession session() {
    return session("local[2]");
  }

  protected static GradientSource open(SparkSession spark) {
    return TinyDatasets.sharded(spark, 61, 2, 1).open(TinyTraining.network(), PLAN);
  }

  @Test
  void givesTheBitsOfTheLocalSourceForEveryPartitioningOfTheInput() {
    SparkSession spark = session();
    String expected = TinyTraining.train(TinyTraining.local(61), PLAN, 2);

    assertEquals(expected, TinyTraining.train(TinyDatasets.sharded(spark, 61, 1, 1), PLAN, 2));
    assertEquals(expected, TinyTraining.train(TinyDatasets.sharded(spark, 61, 2, 2), PLAN, 2));
    assertEquals(expected, TinyTraining.train(TinyDatasets.sharded(spark, 61, 5, 3), PLAN, 2));
  }

  @Test
  void givesTheSameBitsForBatchesAndShardsThatDivideNothing() {
    SparkSession spark = session();
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
    SparkSession oneCore = session("local[1]");

    assertEquals(expected, TinyTraining.train(TinyDatasets.sharded(oneCore, 61, 3, 4), PLAN, 1));
  }

  @Test
  void worksWithKryoThatKnowsRegisteredClassesOnly(@TempDir Path folder) {
    String expected = TinyTraining.train(TinyTraining.local(61), PLAN, 1);
    String files = folder.resolve("rows").toString();
    TinyDatasets.frame(session(), 61, 3, 4).write().parquet(files);
    SparkSession kryo =
        session(
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
        session("local[2]", "spark.serializer=org.apache.spark.serializer.KryoSerializer");

    assertEquals(expected, TinyTraining.train(TinyDatasets.sharded(kryo, 61, 3, 4), PLAN, 1));
  }

  @Test
  void cachedShardsAreFreedAtTheEnd() {
    SparkSession spark = session();
    Set<Object> before = LocalSpark.cached(spark);
    try (GradientSource source = open(spark)) {
      source.evaluate(DataSet.TRAINING, snapshot());

      assertEquals(3, LocalSpark.newlyCached(spark, before).size());
    }

    assertEquals(Set.of(), LocalSpark.newlyCached(spark, before));
  }

  @Test
  void closingTwiceIsHarmless() {
    SparkSession spark = session();
    Set<Object> before = LocalSpark.cached(spark);
    ShardedDataset data = TinyDatasets.sharded(spark, 61, 2, 1);
    GradientSource closed = data.open(TinyTraining.network(), PLAN);
    closed.close();
    closed.close();
    try (GradientSource source = data.open(TinyTraining.network(), PLAN)) {
      assertEquals(61, source.evaluate(DataSet.TRAINING, snapshot()).rows());
      assertEquals(3, LocalSpark.newlyCached(spark, before).size());
    }
  }

  @Test
  void saysWhatTheExecutorsComputeWith() {
    SparkSession spark = session();
    try (GradientSource source = open(spark)) {
      source.evaluate(DataSet.TRAINING, snapshot());

      assertEquals(source(), source.name());
      assertEquals(
          TinyTraining.local(5)
              .open(TinyTraining.network(), new BatchPlan(5, 5, 1, 0, true))
              .environments(),
          source.environments());
    }
  }

  @Test
  void aSplitTrainsToTheSameBitsAsInMemory() {
    SparkSession spark = session();
    Set<Object> before = LocalSpark.cached(spark);
    TrainingData.Split local = TinyTraining.local(61).split(0.3, 5, true);
    TrainingData.Split cluster = TinyDatasets.sharded(spark, 61, 3, 8).split(0.3, 5, true);
    for (long seed : new long[] {5, 6}) {
      BatchPlan plan = new BatchPlan(42, 9, 4, seed, true);

      assertEquals(
          TinyTraining.train(local.training(), plan, 1),
          TinyTraining.train(cluster.training(), plan, 1));
    }

    BatchPlan plan = BatchPlan.evaluation(19, 32);
    assertEquals(
        TinyTraining.train(local.validation(), plan, 1),
        TinyTraining.train(cluster.validation(), plan, 1));
    assertEquals(local.training().fingerprint(), cluster.training().fingerprint());
    assertEquals(local.validation().fingerprint(), cluster.validation().fingerprint());
    assertEquals(Set.of(), LocalSpark.newlyCached(spark, before));
  }
}
