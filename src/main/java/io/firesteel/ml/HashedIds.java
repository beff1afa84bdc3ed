package io.firesteel.ml;

import io.firesteel.spark.internal.rows.ColumnLookup;
import io.firesteel.spark.internal.rows.RowColumns;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * Columns of ids and the indices that they are hashed to, each column's in a range of its own;
 * indices stand in columns of their own, which a fit or a transform adds for itself. An id that is
 * null has no index.
 *
 * @param columns the columns of ids
 * @param buckets the number of indices of each
 */
record HashedIds(List<String> columns, int buckets) {

  static final HashedIds NONE = new HashedIds(List.of(), 1);

  boolean isEmpty() {
    return columns.isEmpty();
  }

  /** Returns the names of the columns of indices. */
  List<String> indices() {
    return columns.stream().map(HashedIds::index).toList();
  }

  private static String index(String name) {
    return name + "__index";
  }

  /** Returns the rows with the columns of indices. */
  Dataset<Row> addTo(Dataset<Row> rows) {
    ColumnLookup lookup = ColumnLookup.of(rows);
    addTo(lookup);
    Dataset<Row> result = rows;
    for (int f = 0; f < columns.size(); f++) {
      ColumnLookup.Found id = find(lookup, columns.get(f));
      DataType hashed = isText(id.type()) ? DataTypes.StringType : DataTypes.LongType;
      Column bucket =
          functions.pmod(functions.hash(id.column().cast(hashed)), functions.lit(buckets));
      result =
          result.withColumn(
              index(columns.get(f)),
              functions.when(id.column().isNotNull(), bucket.plus(f * buckets)));
    }

    return result;
  }

  /**
   * Returns a schema with the columns of indices.
   *
   * @throws IllegalArgumentException if a column is missing or holds no ids, or one of indices is
   *     there already
   */
  StructType addTo(ColumnLookup lookup) {
    StructType result = lookup.schema();
    for (String name : columns) {
      DataType type = find(lookup, name).type();
      if (!isText(type) && !isInteger(type)) {
        throw new IllegalArgumentException(
            "idCols: the column '%s' must hold integers or strings. Received: %s"
                .formatted(name, type.catalogString()));
      }

      if (lookup.has(index(name))) {
        throw new IllegalArgumentException(
            "idCols: the indices of '%s' are put into a column '%s', which must not be there already"
                .formatted(name, index(name)));
      }

      result = result.add(index(name), DataTypes.IntegerType, true);
    }

    return result;
  }

  /** Returns the rows without the columns of indices. */
  Dataset<Row> dropFrom(Dataset<Row> rows) {
    Dataset<Row> result = rows;
    for (String name : indices()) {
      result = result.drop(RowColumns.column(name));
    }

    return result;
  }

  private static ColumnLookup.Found find(ColumnLookup lookup, String name) {
    return lookup.find("idCols", name);
  }

  private static boolean isText(DataType type) {
    return type instanceof StringType;
  }

  private static boolean isInteger(DataType type) {
    return type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType;
  }
}
