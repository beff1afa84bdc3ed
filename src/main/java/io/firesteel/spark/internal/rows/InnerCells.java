package io.firesteel.spark.internal.rows;

import io.firesteel.layers.IdColumn;
import io.firesteel.spark.internal.seam.InnerRow;
import org.apache.spark.sql.Row;

/**
 * The cells of a row as Spark SQL holds it.
 *
 * @param inner the row
 */
record InnerCells(InnerRow inner) implements RowCells {

  @Override
  public boolean isNull(int column) {
    return inner.isNull(column);
  }

  @Override
  public double number(int column) {
    return inner.number(column);
  }

  @Override
  public int length(int column) {
    return inner.length(column);
  }

  @Override
  public void copyArray(int column, float[] target, int first) {
    inner.copyArray(column, target, first);
  }

  @Override
  public VectorValues vector(int column) {
    return new VectorValues(inner.length(column), inner.indices(column), inner.values(column));
  }

  @Override
  public int index(int column, IdColumn ids) {
    return inner.isWhole(column) ? ids.index(inner.whole(column)) : ids.index(inner.text(column));
  }

  @Override
  public Row row() {
    return inner.toRow();
  }
}
