package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.FeatureMoments;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.layers.Dense;
import io.firesteel.losses.Losses;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.training.LocalData;
import io.firesteel.training.TrainingData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.spark.mllib.util.MLUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF0;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class ShardedDatasetTest {

  private static final int ROWS = 29;

  private static ShardedDataset sql(SparkSession spark, String query) {
    return ShardedDataset.of(spark.sql(query));
  }

  private static Dataset<Row> wide(SparkSession spark) {
    return spark.sql(
        "select * from values"
            + " (1, 1.5f, cast(2 as decimal(5,2)), array(1, 1), 0, 1.0, 'a'),"
            + " (2, 2.5f, cast(3 as decimal(5,2)), array(2, 1), 1, 2.0, 'b')"
            + " as t(a, b, c, d, y, w, s)");
  }

  @Test
  void featuresMayBeAVectorAnArrayOrManyColumns(SparkSession spark) {
    Dataset<Row> frame =
        wide(spark).selectExpr("array(a, b, c) as floats", "a", "b", "c", "y").cache();
    frame.createOrReplaceTempView("frame");
    Object expected = ShardedDataset.of(frame).features("a", "b", "c").label("y").fingerprint();

    assertEquals(expected, ShardedDataset.of(frame).features("floats").label("y").fingerprint());
    Dataset<Row> vectors =
        frame.withColumn("v", org.apache.spark.ml.functions.array_to_vector(frame.col("floats")));
    assertEquals(expected, ShardedDataset.of(vectors).features("v").label("y").fingerprint());
    Dataset<Row> old = MLUtils.convertVectorColumnsFromML(vectors, "v");
    assertEquals(expected, ShardedDataset.of(old).features("v").label("y").fingerprint());
    frame.unpersist();
  }

  @Test
  void reliableShardsNeedACheckpointDirectory(SparkSession spark) {
    spark.sparkContext().conf().set("spark.firesteel.reliableShards", "true");
    try {
      ShardedDataset data = TinyDatasets.sharded(spark, ROWS, 2, 1);
      BatchPlan plan = new BatchPlan(ROWS, 7, 2, 5, true);

      assertEquals(
          "spark.firesteel.reliableShards=true needs a checkpoint directory on a file system that"
              + " all executors reach. Set spark.checkpoint.dir, or call"
              + " SparkContext.setCheckpointDir",
          assertThrows(
                  IllegalArgumentException.class, () -> data.open(TinyTraining.network(), plan))
              .getMessage());
    } finally {
      spark.sparkContext().conf().remove("spark.firesteel.reliableShards");
    }
  }

  @Test
  void sparseVectorsAreFilledUp(SparkSession spark, @TempDir Path folder) throws Exception {
    Path file = folder.resolve("rows.libsvm");
    Files.writeString(file, "1 1:0.5 4:2\n0 2:1 4:3\n");
    Dataset<Row> frame =
        spark.read().format("libsvm").option("numFeatures", "4").load(file.toString());
    TrainingData local =
        LocalData.of(new float[][] {{0.5f, 0, 0, 2}, {0, 1, 0, 3}}, new float[] {1, 0});

    assertEquals(
        local.fingerprint(),
        ShardedDataset.of(frame).features("features").label("label").fingerprint());
  }

  @Test
  void momentsAreThoseOfTheRowsWhateverTheirPartitions(SparkSession spark) {
    String query =
        "select id, float(id * id) / 7 as x, float(1e6 + id) as z, 0 as y from range(50)";
    float[][] rows = new float[50][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[] {i * i / 7.0f, 1e6f + i};
    }

    FeatureMoments local = LocalData.of(rows, new float[50]).featureMoments();
    for (int partitions : new int[] {1, 4}) {
      Dataset<Row> frame = spark.sql(query).repartition(partitions);
      ShardedDataset data = ShardedDataset.of(frame).features("x", "z").label("y");
      FeatureMoments moments = data.featureMoments();
      assertEquals(local.mean(0), moments.mean(0), 1e-4);
      assertEquals(local.mean(1), moments.mean(1));
      assertEquals(local.variance(1), moments.variance(1));
      TrainingData.Split parts = data.split(0.3, 1, true);
      FeatureMoments sum = parts.training().featureMoments();
      sum.merge(parts.validation().featureMoments());
      assertEquals(moments.mean(0), sum.mean(0));
      assertEquals(moments.variance(0), sum.variance(0));
    }
  }

  @Test
  void labelsMayBeSeveral(SparkSession spark) {
    ShardedDataset columns = ShardedDataset.of(wide(spark)).features("a").labels("b", "c");
    ShardedDataset array = ShardedDataset.of(wide(spark)).features("a").label("d").weight("w");

    assertEquals(2, columns.labelWidth());
    assertEquals(2, array.labelWidth());
    assertEquals(true, array.fingerprint().get("weighted"));
    assertEquals(2, array.rows());
    assertEquals(Shape.of(1), array.featureShape());
    assertEquals(Shape.of(1, 1), array.featureShape(1, 1).featureShape());
  }

  @Test
  void theFingerprintIsThatOfTheRowsInMemory(SparkSession spark) {
    assertEquals(
        TinyTraining.local(ROWS).fingerprint(),
        TinyDatasets.sharded(spark, ROWS, 3, 1).fingerprint());
  }

  @Test
  void refusesMissingAndWrongColumns(SparkSession spark) {
    ShardedDataset data = ShardedDataset.of(wide(spark));

    assertEquals(
        "A ShardedDataset needs features(...) and label(...). Columns: a, b, c, d, y, w, s",
        refused(() -> data.features("a").rows()));
    assertEquals(
        "The column 'x' of features is missing. Columns: a, b, c, d, y, w, s",
        refused(() -> data.features("a", "x").label("y").rows()));
    assertEquals(
        "The column 's' of labels must hold numbers, arrays of numbers or vectors. Received:"
            + " string. Index the classes: labelIndex(), in a job file data.label_index=true, or"
            + " Spark's StringIndexer",
        refused(() -> data.features("a").label("s").rows()));
    assertEquals(
        "The column 'd' of features must hold numbers. Received: array<int>",
        refused(() -> data.features("a", "d").label("y").rows()));
    assertEquals(
        "The column 's' of weight must hold numbers, arrays of numbers or vectors. Received:"
            + " string. Cast numbers with a query (double(s)), index categories with Spark's"
            + " StringIndexer, or hash them (pmod(hash(s), 1000))",
        refused(() -> data.features("a").label("y").weight("s").rows()));
    assertEquals(
        "The column 'a' stands twice among the features", refused(() -> data.features("a", "a")));
    assertEquals(
        "The column 'a' of features is ambiguous. Columns: a, a, y",
        refused(() -> sql(spark, "select 1 a, 2 a, 3 y").features("a").label("y").rows()));
    assertEquals(
        "The features have 2 values a row. Received the shape: (3,)",
        refused(() -> data.features("d").label("y").featureShape(3).featureShape()));
  }

  @Test
  void refusesValuesThatAreNoNumbers(SparkSession spark) {
    assertEquals(
        "The column 'a' must not hold null. Received the row [null,0]",
        refused(
            () ->
                sql(spark, "select * from values (1, 0), (null, 0) t(a, y)")
                    .features("a")
                    .label("y")
                    .rows()));
    assertEquals(
        "The column 'y' must not hold null. Received the row [1,null]",
        refused(
            () -> sql(spark, "select 1 a, cast(null as int) y").features("a").label("y").rows()));
    assertEquals(
        "The column 'a' must not hold null. Received the row [ArraySeq(1, null),0]",
        refused(() -> sql(spark, "select array(1, null) a, 0 y").features("a").label("y").rows()));
    assertEquals(
        "The column 'a' must hold finite float32 numbers. Received: NaN in the row [NaN,0]",
        refused(() -> sql(spark, "select double('NaN') a, 0 y").features("a").label("y").rows()));
    assertEquals(
        "The column 'a' must hold finite float32 numbers. Received: 1.0E300 in the row [1.0E300,0]",
        refused(() -> sql(spark, "select 1e300 a, 0 y").features("a").label("y").rows()));
    assertEquals(
        "The column 'w' of weights must not be negative. Received: -2.0 in the row [1,0,-2]",
        refused(
            () -> sql(spark, "select 1 a, 0 y, -2 w").features("a").label("y").weight("w").rows()));
  }

  @Test
  void refusesArraysOfDifferentSizes(SparkSession spark) {
    String query = "select * from values (array(1, 2), 0), (array(1, 2, 3), 1) t(a, y)";
    String message =
        "The column 'a' must hold the same number of values in every row, at least one. Received: 2"
            + " and 3, the latter in the row [ArraySeq(1, 2, 3),1]";

    assertEquals(
        message,
        refused(
            () -> ShardedDataset.of(spark.sql(query).coalesce(1)).features("a").label("y").rows()));
    assertEquals(
        message,
        refused(
            () ->
                ShardedDataset.of(spark.sql(query).repartitionByRange(2, functions.col("y")))
                    .features("a")
                    .label("y")
                    .rows()));
  }

  @Test
  void refusesNoRows(SparkSession spark) {
    assertEquals(
        "The data set has no rows",
        refused(() -> sql(spark, "select 1 a, 0 y where 1 = 2").features("a").label("y").rows()));
  }

  @Test
  void refusesLabelsThatTheLossDoesNotKnow(SparkSession spark) {
    Dataset<Row> frame =
        TinyDatasets.frame(spark, ROWS, 2, 1).selectExpr("id", "x", "y + 1 as y", "w");
    BatchPlan plan = new BatchPlan(ROWS, 8, 3, 1, true);
    Set<Object> before = LocalSpark.cached(spark);
    String message = refused(() -> TinyDatasets.sharded(frame).open(TinyTraining.network(), plan));

    assertTrue(message.startsWith("The labels don't suit the loss: "), message);
    assertTrue(message.contains("3"), message);
    assertEquals(Set.of(), LocalSpark.newlyCached(spark, before));
  }

  @Test
  void refusesDataThatChangesFromReadingToReading(SparkSession spark) {
    spark
        .udf()
        .register(
            "noise",
            functions
                .udf((UDF0<Double>) () -> (double) (float) System.nanoTime(), DataTypes.DoubleType)
                .asNondeterministic());
    ShardedDataset data =
        sql(spark, "select noise() a, 0 y from range(20)").features("a").label("y");
    assertEquals(20, data.rows());
    CollectionConverters.asJava(spark.sparkContext().getPersistentRDDs())
        .values()
        .forEach(rdd -> rdd.unpersist(true));
    NetworkSpec network =
        Network.of(
                "linear",
                Shape.of(1),
                List.of(Dense.of(1).withName("dense")),
                Losses.get("mse"),
                List.of())
            .spec();
    BatchPlan plan = new BatchPlan(20, 8, 3, 1, true);
    String message =
        assertThrows(IllegalStateException.class, () -> data.open(network, plan)).getMessage();

    assertTrue(message.contains("Its query must be deterministic"), message);
  }

  @Test
  void refusesStreams(SparkSession spark) {
    Dataset<Row> stream = spark.readStream().format("rate").load();

    assertEquals(
        "A streaming data set can't be trained on", refused(() -> ShardedDataset.of(stream)));
  }

  private static String refused(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
