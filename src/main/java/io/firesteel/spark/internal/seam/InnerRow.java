package io.firesteel.spark.internal.seam;

import java.util.Iterator;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A row as Spark SQL holds it between its own operators: no object for a number or an array, and
 * one for all rows of a task.
 *
 * <p>Why: rows as users see them cost an object a value, which takes longer than everything else
 * that is done with a row before training.
 *
 * <p>What it relies on: {@code QueryExecution.toRdd}, the getters of {@link InternalRow}, and that
 * vectors are stored as (type, size, indices, values) with type 0 for sparse ones. If that is not
 * there, rows are read as users see them.
 */
public final class InnerRow {

  private static final Logger LOG = LoggerFactory.getLogger(InnerRow.class);

  private static final int VECTOR_FIELDS = 4;
  private static final int VECTOR_TYPE = 0;
  private static final int VECTOR_SIZE = 1;
  private static final int VECTOR_INDICES = 2;
  private static final int VECTOR_VALUES = 3;
  private static final byte SPARSE = 0;

  /** Gets the number at a place of a row or array. */
  @FunctionalInterface
  private interface NumberGetter {
    double get(SpecializedGetters values, int place);
  }

  private final StructType schema;
  private final @Nullable NumberGetter[] numbers;
  private final boolean[] arrays;
  private InternalRow row = InternalRow.empty();

  private InnerRow(StructType schema) {
    int columns = schema.length();
    this.schema = schema;
    this.numbers = new @Nullable NumberGetter[columns];
    this.arrays = new boolean[columns];
    for (int column = 0; column < columns; column++) {
      DataType type = schema.fields()[column].dataType();
      arrays[column] = type instanceof ArrayType;
      numbers[column] = number(type instanceof ArrayType array ? array.elementType() : type);
    }
  }

  /**
   * Returns what a function makes of the rows of each partition, each of which is gone when it asks
   * for the next one; null if this Spark does not have such rows.
   */
  public static <T> @Nullable JavaRDD<T> mapPartitions(
      Dataset<Row> dataset, FlatMapFunction<Iterator<InnerRow>, T> function) {
    try {
      StructType schema = new InnerRow(dataset.schema()).schema;
      return SparkLine.execution(dataset)
          .toRdd()
          .toJavaRDD()
          .mapPartitions(rows -> function.call(new InnerRow(schema).over(rows)));
    } catch (LinkageError | ClassCastException e) {
      LOG.warn("Rows are read as objects, which takes longer: Spark's inner rows are others", e);
      return null;
    }
  }

  private Iterator<InnerRow> over(Iterator<InternalRow> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public InnerRow next() {
        row = rows.next();
        return InnerRow.this;
      }
    };
  }

  /** Tells whether a cell is empty. */
  public boolean isNull(int column) {
    return row.isNullAt(column);
  }

  /** Returns the number in a cell that is not empty. */
  public double number(int column) {
    return getter(column).get(row, column);
  }

  /** Returns how many values the array or vector of a cell has, zeros included. */
  public int length(int column) {
    if (arrays[column]) {
      return row.getArray(column).numElements();
    }

    InternalRow vector = row.getStruct(column, VECTOR_FIELDS);
    return vector.getByte(VECTOR_TYPE) == SPARSE
        ? vector.getInt(VECTOR_SIZE)
        : vector.getArray(VECTOR_VALUES).numElements();
  }

  /** Puts the numbers of an array from a place on, in float32; NaN where there is none. */
  public void copyArray(int column, float[] target, int first) {
    ArrayData array = row.getArray(column);
    NumberGetter getter = getter(column);
    for (int i = 0; i < array.numElements(); i++) {
      target[first + i] = array.isNullAt(i) ? Float.NaN : (float) getter.get(array, i);
    }
  }

  /** Returns the indices of the values of a sparse vector; null for a dense one. */
  public int @Nullable [] indices(int column) {
    InternalRow vector = row.getStruct(column, VECTOR_FIELDS);
    return vector.getByte(VECTOR_TYPE) == SPARSE
        ? vector.getArray(VECTOR_INDICES).toIntArray()
        : null;
  }

  /** Returns the values of a vector that are there. */
  public double[] values(int column) {
    return row.getStruct(column, VECTOR_FIELDS).getArray(VECTOR_VALUES).toDoubleArray();
  }

  /** Returns the text in a cell that is not empty. */
  public String text(int column) {
    return row.getUTF8String(column).toString();
  }

  /** Returns the whole row as users see it. */
  public Row toRow() {
    return (Row) CatalystTypeConverters.createToScalaConverter(schema).apply(row);
  }

  private NumberGetter getter(int column) {
    return Objects.requireNonNull(numbers[column], schema.fields()[column].name());
  }

  private static @Nullable NumberGetter number(DataType type) {
    if (type instanceof FloatType) {
      return SpecializedGetters::getFloat;
    }

    if (type instanceof DoubleType) {
      return SpecializedGetters::getDouble;
    }

    if (type instanceof DecimalType decimal) {
      int precision = decimal.precision();
      int scale = decimal.scale();
      return (values, place) -> values.getDecimal(place, precision, scale).toDouble();
    }

    if (type instanceof ByteType) {
      return SpecializedGetters::getByte;
    }

    if (type instanceof ShortType) {
      return SpecializedGetters::getShort;
    }

    if (type instanceof IntegerType) {
      return SpecializedGetters::getInt;
    }

    return type instanceof LongType ? SpecializedGetters::getLong : null;
  }
}
