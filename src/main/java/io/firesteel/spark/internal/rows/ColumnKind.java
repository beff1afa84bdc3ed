package io.firesteel.spark.internal.rows;

import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.mllib.linalg.VectorUDT;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.jspecify.annotations.Nullable;

/** How a column holds numbers. */
enum ColumnKind {
  /** One number of any numeric type. */
  NUMBER,
  /** An array of numbers. */
  ARRAY,
  /** A vector of {@code spark.ml} or {@code spark.mllib}, dense or sparse. */
  VECTOR,
  /** An id, which is an integer or a string. */
  ID;

  static @Nullable ColumnKind of(DataType type) {
    if (type instanceof NumericType) {
      return NUMBER;
    }

    if (type instanceof ArrayType array && array.elementType() instanceof NumericType) {
      return ARRAY;
    }

    boolean vector = type.equals(SQLDataTypes.VectorType()) || type instanceof VectorUDT;
    return vector ? VECTOR : null;
  }
}
