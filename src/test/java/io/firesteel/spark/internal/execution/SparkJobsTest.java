package io.firesteel.spark.internal.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.Network;
import io.firesteel.spark.internal.rows.SparkRows;
import io.firesteel.spark.internal.shards.DealtShards;
import io.firesteel.spark.internal.shards.JobGradientSource;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CancellationException;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class SparkJobsTest {

  private static final BatchPlan PLAN = new BatchPlan(61, 17, 3, 5, true);

  private static VariableValues snapshot() {
    return VariableValues.copyOf(Network.of(TinyTraining.network()).createVariables(1));
  }

  private static GradientSource open(SparkSession spark) {
    SparkContext context = spark.sparkContext();
    ExecutorNetworkSpec network = new ExecutorNetworkSpec(TinyTraining.network());
    SparkRows rows = TinyDatasets.rows(spark, 61, 2, 1);
    DealtShards shards = DealtShards.of(context, rows, network, PLAN);
    return new JobGradientSource(
        context, Map.of(DataSet.TRAINING, shards), network, new Environments(false));
  }

  @Test
  void jobsAreDescribedAndTheCallersPropertiesStay(SparkSession spark) throws Exception {
    SparkContext context = spark.sparkContext();
    List<Properties> jobs = new ArrayList<>();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            jobs.add(start.properties());
          }
        };
    try (GradientSource source = open(spark)) {
      context.addSparkListener(listener);
      context.setJobGroup("mine", "my work", false);
      source.gradients(snapshot(), new Step(9, 2, 1, 1.0f));
      context.listenerBus().waitUntilEmpty();

      assertEquals(1, jobs.size());
      assertEquals("Firesteel step 10, epoch 3", jobs.get(0).getProperty("spark.job.description"));
      assertEquals("mine", jobs.get(0).getProperty("spark.jobGroup.id"));
      List<String> tags = List.of(jobs.get(0).getProperty("spark.job.tags").split(","));
      assertTrue(tags.contains("firesteel"), tags::toString);
      assertEquals("my work", context.getLocalProperty("spark.job.description"));
      assertTrue(context.getJobTags().isEmpty());
    } finally {
      context.removeSparkListener(listener);
      context.clearJobGroup();
    }
  }

  @Test
  void aFailureSaysItsFirstCause(SparkSession spark) {
    try (GradientSource source = open(spark)) {
      VariableValues wrong = VariableValues.wrap(new float[][] {{1}});
      IllegalStateException failure =
          assertThrows(
              IllegalStateException.class, () -> source.gradients(wrong, new Step(0, 0, 0, 1.0f)));

      assertEquals(
          "Firesteel step 1, epoch 1: failed with java.lang.IllegalArgumentException: The network"
              + " tiny has 4 variables. Received: 1",
          failure.getMessage());
    }
  }

  @Test
  void anInterruptCancelsTheJob(SparkSession spark) throws Exception {
    SparkContext context = spark.sparkContext();
    JavaSparkContext jobs = JavaSparkContext.fromSparkContext(context);
    Thread.currentThread().interrupt();
    CancellationException cancelled =
        assertThrows(
            CancellationException.class,
            () ->
                SparkJobs.described(
                    context,
                    "Firesteel step 7, epoch 1",
                    () -> jobs.parallelize(List.of(1), 1).map(SparkJobsTest::forever).collect()));

    assertEquals("Firesteel step 7, epoch 1: interrupted", cancelled.getMessage());
    assertTrue(Thread.interrupted());
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (context.statusTracker().getActiveJobIds().length > 0) {
      assertTrue(System.nanoTime() < deadline, "the job still runs");
      Thread.onSpinWait();
    }
  }

  private static int forever(int value) {
    while (!TaskContext.get().isInterrupted()) {
      Thread.onSpinWait();
    }

    return value;
  }
}
