package io.firesteel.spark;

import io.firesteel.layers.IdColumn;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;
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

/**
 * The cells of a row as Spark SQL holds it between its own operators: no object for a number or an
 * array, and none for the row. This class knows Spark's inner form of rows, and no other does: the
 * getters of {@link InternalRow}, and that vectors are stored as (type, size, indices, values) with
 * type 0 for sparse ones.
 */
final class InternalCells implements RowCells {

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

  /** Gets the whole number at a place of a row or array. */
  @FunctionalInterface
  private interface WholeGetter {
    long get(SpecializedGetters values, int place);
  }

  private final StructType schema;
  private final @Nullable NumberGetter[] numbers;
  private final @Nullable WholeGetter[] wholes;
  private final boolean[] arrays;
  private InternalRow row = InternalRow.empty();

  /**
   * Creates the cells of rows to come.
   *
   * @param schema their columns
   */
  InternalCells(StructType schema) {
    int columns = schema.length();
    this.schema = schema;
    this.numbers = new @Nullable NumberGetter[columns];
    this.wholes = new @Nullable WholeGetter[columns];
    this.arrays = new boolean[columns];
    for (int column = 0; column < columns; column++) {
      DataType type = schema.fields()[column].dataType();
      arrays[column] = type instanceof ArrayType;
      numbers[column] = number(type instanceof ArrayType array ? array.elementType() : type);
      wholes[column] = whole(type);
    }
  }

  /** Returns the rows of a data set in their inner form; each is gone when the next one comes. */
  static JavaRDD<InternalRow> rows(Dataset<Row> dataset) {
    return ((org.apache.spark.sql.classic.Dataset<Row>) dataset)
        .queryExecution()
        .toRdd()
        .toJavaRDD();
  }

  /** Goes on to a row. */
  void at(InternalRow next) {
    row = next;
  }

  @Override
  public boolean isNull(int column) {
    return row.isNullAt(column);
  }

  @Override
  public double number(int column) {
    return getter(column).get(row, column);
  }

  @Override
  public int length(int column) {
    if (arrays[column]) {
      return row.getArray(column).numElements();
    }

    InternalRow vector = row.getStruct(column, VECTOR_FIELDS);
    return vector.getByte(VECTOR_TYPE) == SPARSE
        ? vector.getInt(VECTOR_SIZE)
        : vector.getArray(VECTOR_VALUES).numElements();
  }

  @Override
  public void copyArray(int column, float[] target, int first) {
    ArrayData array = row.getArray(column);
    NumberGetter getter = getter(column);
    for (int i = 0; i < array.numElements(); i++) {
      target[first + i] = array.isNullAt(i) ? Float.NaN : (float) getter.get(array, i);
    }
  }

  @Override
  public VectorValues vector(int column) {
    InternalRow vector = row.getStruct(column, VECTOR_FIELDS);
    double[] values = vector.getArray(VECTOR_VALUES).toDoubleArray();
    return vector.getByte(VECTOR_TYPE) == SPARSE
        ? new VectorValues(
            vector.getInt(VECTOR_SIZE), vector.getArray(VECTOR_INDICES).toIntArray(), values)
        : new VectorValues(values.length, null, values);
  }

  @Override
  public int index(int column, IdColumn ids) {
    WholeGetter getter = wholes[column];
    return getter == null
        ? ids.index(row.getUTF8String(column).toString())
        : ids.index(getter.get(row, column));
  }

  @Override
  public Row row() {
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

    WholeGetter whole = whole(type);
    return whole == null ? null : whole::get;
  }

  private static @Nullable WholeGetter whole(DataType type) {
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
