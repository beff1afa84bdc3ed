package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.testing.ExecutorWatch;
import io.firesteel.testing.FaultyLoss;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.PartedTraining;
import io.firesteel.testing.SteppedSource;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.testing.TwoHosts;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Speculative copies of resident tasks, which stay beside the tasks that they are copies of. */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SpeculationTest {

  private static final BatchPlan PLAN = new BatchPlan(61, 17, 2, 5, true);

  private TwoHosts cluster;

  @AfterEach
  void stop() {
    LocalSpark.stop();
    cluster.close();
  }

  private SparkSession speculating(int cores) {
    cluster = TwoHosts.start(cores);
    SparkSession spark =
        LocalSpark.session(
            cluster.master(),
            "spark.executor.cores=" + cores,
            "spark.locality.wait=0",
            "spark.speculation=true",
            "spark.speculation.interval=100ms",
            "spark.speculation.task.duration.threshold=1s");
    ExecutorWatch.of(spark.sparkContext()).awaitRegistered(2);
    return spark;
  }

  @Test
  void copiesOfResidentTasksChangeNoBit() {
    SparkSession spark = speculating(2);
    Copies copies = new Copies();
    spark.sparkContext().addSparkListener(copies);
    try (ResidentGradientSource source =
        (ResidentGradientSource)
            TinyDatasets.sharded(spark, 61, 3, 4).open(TinyTraining.network(), PLAN)) {
      SteppedSource stepped = new SteppedSource(source, step -> copies.awaitAll(step == 6, PLAN));

      assertEquals(
          TinyTraining.train(TinyTraining.local(61), PLAN, 6),
          TinyTraining.train(stepped, PLAN, 6));
      assertEquals(1, Objects.requireNonNull(source.residents()).submitted());
      assertEquals(Set.of(0, 1), copies.tasks, "tasks that had a copy");
    }
  }

  /** Of an executor's two tasks one gets a copy first, so groups come, are given up and end. */
  @Test
  void copiesOfTasksThatAddTheirSumsUpToo() {
    SparkSession spark = speculating(4);
    NetworkSpec network = TinyTraining.network(17_000);
    BatchPlan plan = new BatchPlan(61, 17, 4, 5, true);
    List<String> expected;
    try (GradientSource source = TinyTraining.local(61).open(network, plan)) {
      expected = PartedTraining.train(source, network, plan, 60);
    }

    Copies copies = new Copies();
    spark.sparkContext().addSparkListener(copies);
    NetworkSpec slow = TinyTraining.network(17_000, FaultyLoss.slow(30, 1500));
    try (ResidentGradientSource source =
        (ResidentGradientSource) TinyDatasets.sharded(spark, 61, 3, 4).open(slow, plan)) {
      SteppedSource stepped = new SteppedSource(source, step -> copies.awaitAll(step == 50, plan));
      assertEquals(expected, PartedTraining.train(stepped, slow, plan, 60));
      assertEquals(4, copies.tasks.size(), "tasks that had a copy");
    }
  }

  /** The tasks that Spark started copies of. */
  private static final class Copies extends SparkListener {
    private final Set<Integer> tasks = new ConcurrentSkipListSet<>();

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      if (start.taskInfo().speculative()) {
        tasks.add(start.taskInfo().partitionId());
      }
    }

    /** Waits until each task has a copy. */
    void awaitAll(boolean now, BatchPlan plan) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (now && tasks.size() < plan.shards()) {
        assertTrue(System.nanoTime() < deadline, "copies were started of " + tasks);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }
}
