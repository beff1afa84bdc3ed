package io.firesteel.ml;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.classification.ProbabilisticClassifierParams;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.collection.Seq;

/** Makes a classifier's columns of a column of outputs. */
final class ClassColumns {

  private final ClassOutput output;
  private final double @Nullable [] thresholds;

  ClassColumns(ClassOutput output, double @Nullable [] thresholds) {
    this.output = output;
    this.thresholds = thresholds;
  }

  List<Column> of(Column outputs, ProbabilisticClassifierParams stage, StructType schema) {
    ClassOutput read = output;
    double @Nullable [] scale = thresholds;
    UDF1<@Nullable Seq<Float>, @Nullable Vector> raw =
        values -> values == null ? null : Vectors.dense(read.raw(floats(values)));
    UDF1<@Nullable Seq<Float>, @Nullable Vector> probability =
        values -> values == null ? null : Vectors.dense(probabilities(read, values));
    UDF1<@Nullable Seq<Float>, @Nullable Double> prediction =
        values ->
            values == null
                ? null
                : (double) ClassOutput.predicted(probabilities(read, values), scale);
    List<Column> columns = new ArrayList<>();
    add(
        columns,
        functions.udf(raw, SQLDataTypes.VectorType()).apply(outputs),
        stage.getRawPredictionCol(),
        schema);
    add(
        columns,
        functions.udf(probability, SQLDataTypes.VectorType()).apply(outputs),
        stage.getProbabilityCol(),
        schema);
    add(
        columns,
        functions.udf(prediction, DataTypes.DoubleType).apply(outputs),
        stage.getPredictionCol(),
        schema);
    return columns;
  }

  private static void add(List<Column> columns, Column column, String name, StructType schema) {
    if (!name.isEmpty()) {
      columns.add(column.as(name, schema.apply(name).metadata()));
    }
  }

  private static double[] probabilities(ClassOutput output, Seq<Float> values) {
    double[] result = output.raw(floats(values));
    output.probabilities(result);
    return result;
  }

  private static float[] floats(Seq<Float> values) {
    float[] result = new float[values.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = values.apply(i);
    }

    return result;
  }
}
