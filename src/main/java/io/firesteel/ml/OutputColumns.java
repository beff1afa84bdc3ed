package io.firesteel.ml;

import io.firesteel.spark.internal.rows.ColumnLookup;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.ml.classification.ProbabilisticClassifierParams;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.util.SchemaUtils;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns that models add, with Spark's metadata. */
final class OutputColumns {

  private OutputColumns() {}

  /**
   * Returns a schema with the columns of a classifier; those without a name are left out.
   *
   * @param classes the number of classes, or -1
   * @throws IllegalArgumentException if a column is there already
   */
  static StructType ofClasses(ProbabilisticClassifierParams stage, StructType schema, int classes) {
    DataType vector = SQLDataTypes.VectorType();
    StructType result = append(schema, stage.getRawPredictionCol(), vector);
    result = append(result, stage.getProbabilityCol(), vector);
    result = append(result, stage.getPredictionCol(), DataTypes.DoubleType);
    if (classes > 0) {
      result = sized(result, stage.getRawPredictionCol(), classes);
      result = sized(result, stage.getProbabilityCol(), classes);
      if (!stage.getPredictionCol().isEmpty()) {
        result = SchemaUtils.updateNumValues(result, stage.getPredictionCol(), classes);
      }
    }

    return result;
  }

  private static StructType sized(StructType schema, String name, int classes) {
    return name.isEmpty() ? schema : SchemaUtils.updateAttributeGroupSize(schema, name, classes);
  }

  /** Returns a schema with the column of a regressor. */
  static StructType ofNumber(PredictorParams stage, StructType schema) {
    return append(schema, stage.getPredictionCol(), DataTypes.DoubleType);
  }

  private static StructType append(StructType schema, String name, DataType type) {
    if (ColumnLookup.of(schema).has(name)) {
      throw new IllegalArgumentException(
          "The data set must not have a column '%s' already. Columns: %s"
              .formatted(name, String.join(", ", schema.fieldNames())));
    }

    return SchemaUtils.appendColumn(schema, name, type, false);
  }
}
