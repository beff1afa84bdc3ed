package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.data.BatchPlan;
import io.firesteel.layers.Dense;
import io.firesteel.losses.Losses;
import io.firesteel.network.Network;
import io.firesteel.network.NetworkSpec;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.training.LocalData;
import io.firesteel.training.TrainingData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
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
  private static final BatchPlan IN_ORDER = new BatchPlan(ROWS, 8, 3, 1, false);

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
  void orderByGivesTheOrderWithoutShuffle(SparkSession spark) {
    assertEquals(
        TinyTraining.train(TinyTraining.local(ROWS), IN_ORDER, 1),
        TinyTraining.train(TinyDatasets.sharded(spark, ROWS, 3, 1).orderBy("id"), IN_ORDER, 1));
  }

  @Test
  void rowsWithEqualOrderColumnsAreOrderedByContent(SparkSession spark) {
    Dataset<Row> one = TinyDatasets.frame(spark, ROWS, 3, 1).selectExpr("*", "id % 2 as half");
    Dataset<Row> other = TinyDatasets.frame(spark, ROWS, 5, 2).selectExpr("*", "id % 2 as half");

    assertEquals(
        TinyTraining.train(TinyDatasets.sharded(one).orderBy("half"), IN_ORDER, 1),
        TinyTraining.train(TinyDatasets.sharded(other).orderBy("half"), IN_ORDER, 1));
  }

  @Test
  void filesKeepTheirOrderWithoutShuffle(SparkSession spark, @TempDir Path folder) {
    String files = folder.resolve("rows").toString();
    TinyDatasets.frame(spark, ROWS, 1, 1)
        .orderBy("id")
        .repartitionByRange(4, functions.col("id"))
        .sortWithinPartitions("id")
        .write()
        .parquet(files);
    String expected = TinyTraining.train(TinyTraining.local(ROWS), IN_ORDER, 1);
    ShardedDataset data =
        TinyDatasets.sharded(spark.read().parquet(files).filter("id >= 0").select("x", "y", "w"));

    assertEquals(expected, TinyTraining.train(data, IN_ORDER, 1));
    TrainingData.Split split = data.split(0.25, 1, false);
    assertEquals(TinyTraining.local(21).fingerprint(), split.training().fingerprint());
  }

  @Test
  void linesOfASplitFileKeepTheirOrder(SparkSession spark, @TempDir Path folder) throws Exception {
    StringBuilder lines = new StringBuilder("id,a,y\n");
    float[][] features = new float[5000][1];
    float[] labels = new float[5000];
    for (int i = 0; i < 5000; i++) {
      features[i][0] = (i * 7919) % 5000;
      labels[i] = i % 3;
      lines.append(i).append(',').append((i * 7919) % 5000).append(',').append(i % 3).append('\n');
    }

    Path file = folder.resolve("rows.csv");
    Files.writeString(file, lines);
    spark.conf().set("spark.sql.files.maxPartitionBytes", "10000");
    try {
      Dataset<Row> frame =
          spark.read().option("header", "true").schema("id int, a int, y int").csv(file.toString());
      assertTrue(frame.toJavaRDD().getNumPartitions() > 2, "the file must be split");
      SparkRows rows = ShardedDataset.of(frame).features("a").label("y").sparkRows();
      float[][] inOrder =
          rows.numbered(0, false).collect().stream()
              .sorted(Comparator.comparing(row -> row._1()))
              .map(row -> row._2())
              .toArray(float[][]::new);

      assertEquals(5000, inOrder.length);
      for (int i = 0; i < 5000; i++) {
        assertEquals(features[i][0], inOrder[i][0]);
        assertEquals(labels[i], inOrder[i][1]);
      }
    } finally {
      spark.conf().unset("spark.sql.files.maxPartitionBytes");
    }
  }

  @Test
  void otherDataHasNoOrderOfItsOwn(SparkSession spark, @TempDir Path folder) {
    Set<Object> before = persistent(spark);
    ShardedDataset shuffled = TinyDatasets.sharded(spark, ROWS, 3, 1);
    String message = refused(() -> TinyTraining.train(shuffled, IN_ORDER, 1));

    assertTrue(message.startsWith("shuffle=false needs orderBy(...): only files"), message);
    String files = folder.resolve("rows").toString();
    TinyDatasets.frame(spark, ROWS, 2, 1).write().parquet(files);
    Dataset<Row> cached = spark.read().parquet(files).cache();
    assertTrue(
        refused(() -> TinyTraining.train(TinyDatasets.sharded(cached), IN_ORDER, 1))
            .startsWith("shuffle=false needs orderBy(...): only files"));
    cached.unpersist();
    Dataset<Row> sorted = spark.read().parquet(files).orderBy("w");
    assertTrue(
        refused(() -> TinyTraining.train(TinyDatasets.sharded(sorted), IN_ORDER, 1))
            .startsWith("shuffle=false needs orderBy(...): only files"));
    assertTrue(before.containsAll(persistent(spark)));
  }

  @Test
  void refusesOrderColumnsThatGiveNoOrder(SparkSession spark) {
    ShardedDataset data = TinyDatasets.sharded(spark, ROWS, 2, 1);

    assertEquals(
        "The column 'nosuch' of orderBy is missing. Columns: id, x, y, w",
        refused(() -> TinyTraining.train(data.orderBy("nosuch"), IN_ORDER, 1)));
    assertTrue(
        refused(() -> TinyTraining.train(data.orderBy("x"), IN_ORDER, 1))
            .startsWith(
                "The column 'x' of orderBy must hold numbers, strings, dates or timestamps."));
    Dataset<Row> holes =
        TinyDatasets.frame(spark, ROWS, 2, 1).selectExpr("*", "nullif(id, 7) as hole");
    assertTrue(
        refused(() -> TinyTraining.train(TinyDatasets.sharded(holes).orderBy("hole"), IN_ORDER, 1))
            .startsWith("The column 'hole' of orderBy must not hold null. Received the row ["));
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
            + " string",
        refused(() -> data.features("a").label("s").rows()));
    assertEquals(
        "The column 'd' of features must hold numbers. Received: array<int>",
        refused(() -> data.features("a", "d").label("y").rows()));
    assertEquals(
        "The column 'd' of weight must hold numbers. Received: array<int>",
        refused(() -> data.features("a").label("y").weight("d").rows()));
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
    Set<Object> before = persistent(spark);
    String message = refused(() -> TinyDatasets.sharded(frame).open(TinyTraining.network(), plan));

    assertTrue(message.startsWith("The labels don't suit the loss: "), message);
    assertTrue(message.contains("3"), message);
    assertTrue(before.containsAll(persistent(spark)));
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

  private static Set<Object> persistent(SparkSession spark) {
    return Set.copyOf(
        CollectionConverters.asJava(spark.sparkContext().getPersistentRDDs()).keySet());
  }

  private static String refused(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
