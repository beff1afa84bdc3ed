package io.firesteel.ml;

import io.firesteel.spark.internal.rows.ColumnLookup;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.mllib.linalg.VectorUDT;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.jspecify.annotations.Nullable;

/** Which rows hold finite float32 numbers in all columns that are asked for. */
final class RowValidity {

  private RowValidity() {}

  /** Returns a column that is true for rows that can be computed with, and never null. */
  static Column of(ColumnLookup lookup, List<String> names) {
    Column all = functions.lit(true);
    for (String name : names) {
      ColumnLookup.Found found = lookup.find("handleInvalid", name);
      all = all.and(functions.coalesce(valid(found.column(), found.type()), functions.lit(false)));
    }

    return all;
  }

  private static Column valid(Column column, DataType type) {
    if (type.equals(SQLDataTypes.VectorType())) {
      UDF1<Vector, Boolean> finite = RowValidity::isFinite;
      return functions.udf(finite, DataTypes.BooleanType).apply(column);
    }

    if (type instanceof VectorUDT) {
      UDF1<org.apache.spark.mllib.linalg.@Nullable Vector, Boolean> finite =
          vector -> vector != null && isFinite(vector.asML());
      return functions.udf(finite, DataTypes.BooleanType).apply(column);
    }

    if (type instanceof ArrayType) {
      return functions.forall(
          column, value -> functions.coalesce(finite(value), functions.lit(false)));
    }

    return type instanceof NumericType ? finite(column) : column.isNotNull();
  }

  /** NaN is above all numbers to Spark. */
  private static Column finite(Column number) {
    return functions.abs(number.cast(DataTypes.FloatType)).lt(Float.POSITIVE_INFINITY);
  }

  private static boolean isFinite(@Nullable Vector vector) {
    if (vector == null) {
      return false;
    }

    boolean[] finite = {true};
    vector.foreachActive(
        (index, value) -> {
          finite[0] &= Float.isFinite((float) (double) value);
          return scala.runtime.BoxedUnit.UNIT;
        });
    return finite[0];
  }
}
