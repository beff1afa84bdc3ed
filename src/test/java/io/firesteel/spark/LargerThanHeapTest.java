package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.layers.Dense;
import io.firesteel.losses.Losses;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LocalSpark;
import io.firesteel.variables.VariableValues;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An executor trains on three times the data that its heap could hold. With {@code
 * -Dfiresteel.heap=512} its heap is that of a real executor.
 */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LargerThanHeapTest {

  private static final int HEAP = Integer.getInteger("firesteel.heap", 160);
  private static final int WIDTH = 512;
  private static final int ROW_BYTES = (WIDTH + 1) * Float.BYTES;

  @AfterEach
  void stop() {
    LocalSpark.stop();
  }

  @Test
  void dataOfThreeHeapsTrains() {
    SparkSession spark =
        LocalSpark.session(
            "local-cluster[1,2,2048]",
            "spark.executor.memory=" + HEAP + "m",
            "spark.network.maxRemoteBlockSizeFetchToMem=16m",
            "spark.testing.reservedMemory=" + (64L << 20));
    long heap = onExecutor(spark, "heap");
    int rows = (int) (3 * heap / ROW_BYTES) + 1;
    BatchPlan plan = new BatchPlan(rows, 1 << 14, 4, 5, true);
    try (GradientSource source = data(spark, rows).open(network(), plan)) {
      long mapped = onExecutor(spark, "mapped");
      long seen = 0;
      for (int batch = 0; batch < plan.batches(); batch++) {
        seen += step(source, batch);
      }

      assertEquals(rows, seen);
      assertTrue(mapped >= (long) rows * ROW_BYTES, mapped + " bytes mapped");
      assertTrue(mapped >= 3 * heap, mapped + " bytes mapped, heap " + heap);
      assertEquals(rows, source.evaluate(DataSet.TRAINING, snapshot()).rows());
    }
  }

  private static ShardedDataset data(SparkSession spark, int rows) {
    spark
        .udf()
        .register(
            "features",
            (UDF1<Long, float[]>) LargerThanHeapTest::features,
            new ArrayType(DataTypes.FloatType, false));
    Dataset<Row> frame =
        spark.range(0, rows, 1, 8).selectExpr("features(id) as x", "cast(id % 2 as float) as y");
    return ShardedDataset.of(frame).features("x").label("y");
  }

  private static float[] features(long row) {
    RandomStream random = RandomStream.of(row);
    float[] values = new float[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      values[i] = random.nextFloat();
    }

    return values;
  }

  private static NetworkSpec network() {
    return Network.of(
            "linear",
            Shape.of(WIDTH),
            List.of(Dense.of(1).withName("dense")),
            Losses.get("mse"),
            List.of())
        .spec();
  }

  private static VariableValues snapshot() {
    return VariableValues.copyOf(Network.of(network()).createVariables(1));
  }

  private static long step(GradientSource source, int batch) {
    GradientSums sums = source.gradients(snapshot(), new Step(batch, 0, batch, 1.0f));
    return sums.totals().rows();
  }

  private static long onExecutor(SparkSession spark, String what) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return context.parallelize(List.of(what), 1).map(LargerThanHeapTest::measure).first();
  }

  private static long measure(String what) {
    if (what.equals("heap")) {
      return Runtime.getRuntime().maxMemory();
    }

    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("mapped"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
