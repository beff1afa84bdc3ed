package io.firesteel.spark.internal.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.training.TrainingData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class GivenOrderTest {

  private static final int ROWS = 29;
  private static final BatchPlan IN_ORDER = new BatchPlan(ROWS, 8, 3, 1, false);

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
      RowColumns columns = RowColumns.NONE.withFeatures(List.of("a")).withLabels(List.of("y"));
      SparkRows rows = new DatasetRows(frame, columns, new GivenOrder(List.of()));
      float[][] inOrder =
          rows.numbered(0, false).collect().stream()
              .sorted(Comparator.comparing(row -> row.key()))
              .map(row -> row.values())
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
    Set<Object> before = LocalSpark.cached(spark);
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
    assertEquals(Set.of(), LocalSpark.newlyCached(spark, before));
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

  private static String refused(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
