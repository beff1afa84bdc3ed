package io.firesteel.spark.internal.rows;

import io.firesteel.layers.IdColumn;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * The cells of a row as Spark's users see it.
 *
 * @param row the row
 */
record ObjectCells(Row row) implements RowCells {

  @Override
  public boolean isNull(int column) {
    return row.isNullAt(column);
  }

  @Override
  public double number(int column) {
    return ((Number) row.get(column)).doubleValue();
  }

  @Override
  public int length(int column) {
    Object value = row.get(column);
    if (value instanceof org.apache.spark.ml.linalg.Vector vector) {
      return vector.size();
    }

    return value instanceof org.apache.spark.mllib.linalg.Vector vector
        ? vector.size()
        : row.getSeq(column).length();
  }

  @Override
  public void copyArray(int column, float[] target, int first) {
    scala.collection.Iterator<@Nullable Number> values =
        row.<@Nullable Number>getSeq(column).iterator();
    for (int next = first; values.hasNext(); next++) {
      Number number = values.next();
      target[next] = number == null ? Float.NaN : (float) number.doubleValue();
    }
  }

  @Override
  public VectorValues vector(int column) {
    return VectorValues.of(row.get(column));
  }

  @Override
  public int index(int column, IdColumn ids) {
    Object value = row.get(column);
    return value instanceof Number number
        ? ids.index(number.longValue())
        : ids.index(value.toString());
  }
}
