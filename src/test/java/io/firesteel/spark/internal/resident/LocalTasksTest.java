package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.PartedTraining;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several resident tasks in the driver's process, whose sums and variables go by reference. */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LocalTasksTest {

  @AfterAll
  static void stop() {
    LocalSpark.stop();
  }

  @Test
  void largeModelsHaveTheBitsOfOneThread() {
    SparkSession spark = LocalSpark.session("local[4]");
    NetworkSpec network = TinyTraining.network(17_000);
    BatchPlan plan = new BatchPlan(61, 9, 8, 5, true);
    List<String> expected;
    try (GradientSource source = TinyTraining.local(61).threads(1).open(network, plan)) {
      expected = PartedTraining.train(source, network, plan, 9);
    }

    try (GradientSource source = TinyDatasets.sharded(spark, 61, 3, 4).open(network, plan)) {
      assertEquals(expected, PartedTraining.train(source, network, plan, 9));
    }
  }
}
