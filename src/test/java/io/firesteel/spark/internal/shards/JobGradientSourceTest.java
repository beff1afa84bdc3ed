package io.firesteel.spark.internal.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.spark.SparkSourceContract;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.rows.SparkRows;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.variables.VariableValues;
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
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

@Tag("spark")
class JobGradientSourceTest extends SparkSourceContract {

  @Override
  protected String source() {
    return "job";
  }

  @Test
  void variablesAreBroadcastForOneStepOnly() {
    SparkSession spark = session();
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

      source.evaluate(DataSet.TRAINING, snapshot());
      VariableValues wrong = VariableValues.wrap(new float[][] {{1}});
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
  void tasksStaySmallWhateverTheSizeOfTheData() {
    SparkSession spark = session();
    int small = taskBytes(spark, 61);
    int large = taskBytes(spark, 2000);

    assertTrue(small < 24_000, "bytes of a task: " + small);
    assertTrue(Math.abs(large - small) < 200, "bytes of a task: " + small + " and " + large);
  }

  private static int taskBytes(SparkSession spark, int rows) {
    BatchPlan plan = new BatchPlan(rows, 17, 3, 5, true);
    SparkContext context = spark.sparkContext();
    SparkRows data = TinyDatasets.rows(spark, rows, 2, 1);
    ExecutorNetworkSpec network = new ExecutorNetworkSpec(TinyTraining.network());
    try (DealtShards shards = DealtShards.of(context, data, network, plan)) {
      Broadcast<float[][]> sent =
          context.broadcast(new float[1000][1000], ClassTag$.MODULE$.apply(float[][].class));
      JobGradientSource.SumsTask task =
          new JobGradientSource.SumsTask(
              network, plan, shards.hashes(), sent, new Step(0, 0, 0, 1.0f));
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
}
