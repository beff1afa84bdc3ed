package io.firesteel.testing;

import io.firesteel.spark.ShardedDataset;
import io.firesteel.spark.internal.rows.DatasetRows;
import io.firesteel.spark.internal.rows.GivenOrder;
import io.firesteel.spark.internal.rows.RowColumns;
import io.firesteel.spark.internal.rows.SparkRows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The rows of {@link TinyTraining} as Spark data sets. */
public final class TinyDatasets {

  public static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.IntegerType)
          .add("x", SQLDataTypes.VectorType())
          .add("y", DataTypes.IntegerType)
          .add("w", DataTypes.FloatType);

  private TinyDatasets() {}

  /** Returns a data set in an order that the seed says, in that many partitions. */
  public static Dataset<Row> frame(SparkSession spark, int rows, int partitions, long seed) {
    List<Row> list = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      float[] row = TinyTraining.row(i);
      double[] features = new double[TinyTraining.FEATURES];
      for (int f = 0; f < features.length; f++) {
        features[f] = row[f];
      }

      list.add(
          RowFactory.create(
              i,
              Vectors.dense(features),
              (int) row[TinyTraining.FEATURES],
              row[TinyTraining.FEATURES + 1]));
    }

    Collections.shuffle(list, new Random(seed));
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return spark.createDataFrame(context.parallelize(list, partitions), SCHEMA);
  }

  /** Returns its rows as they go into shards. */
  public static SparkRows rows(SparkSession spark, int rows, int partitions, long seed) {
    RowColumns columns =
        RowColumns.NONE.withFeatures(List.of("x")).withLabels(List.of("y")).withWeight("w");
    Dataset<Row> frame = frame(spark, rows, partitions, seed);
    return new DatasetRows(frame, columns, new GivenOrder(List.of()));
  }

  /** Returns it as training data. */
  public static ShardedDataset sharded(SparkSession spark, int rows, int partitions, long seed) {
    return sharded(frame(spark, rows, partitions, seed));
  }

  /** Returns a data set with these columns as training data. */
  public static ShardedDataset sharded(Dataset<Row> frame) {
    return ShardedDataset.of(frame).features("x").label("y").weight("w");
  }
}
