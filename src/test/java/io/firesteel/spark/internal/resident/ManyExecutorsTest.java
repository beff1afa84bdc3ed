package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.testing.ExecutorWatch;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The most executors and shards that a small machine can show: {@code mvn -Pscale test}. */
@Tag("spark")
@EnabledIfSystemProperty(named = "firesteel.scale", matches = "true")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ManyExecutorsTest {

  private static final int EXECUTORS = 16;
  private static final BatchPlan PLAN = new BatchPlan(4_000, 1_500, 1_000, 5, true);

  @AfterAll
  static void stop() {
    LocalSpark.stop();
  }

  @Test
  void sixteenExecutorsOfOneCoreAndAThousandShardsGiveTheBitsOfOneProcess() {
    SparkSession spark =
        LocalSpark.session(
            "local-cluster[%d,1,512]".formatted(EXECUTORS),
            "spark.executor.memory=512m",
            "spark.executor.extraJavaOptions=-XX:+UseSerialGC -XX:TieredStopAtLevel=1");
    ExecutorWatch.of(spark.sparkContext()).awaitRegistered(EXECUTORS);
    assertEquals(
        TinyTraining.train(TinyTraining.local(4_000), PLAN, 2),
        TinyTraining.train(TinyDatasets.sharded(spark, 4_000, 3, EXECUTORS), PLAN, 2));
  }
}
