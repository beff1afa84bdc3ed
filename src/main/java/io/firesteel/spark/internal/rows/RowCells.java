package io.firesteel.spark.internal.rows;

import io.firesteel.spark.internal.seam.InnerRow;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** The cells of a row, which may be gone when the next row has been read. */
interface RowCells {

  /** Tells whether a cell is empty. */
  boolean isNull(int column);

  /** Returns the number in a cell that is not empty. */
  double number(int column);

  /** Returns how many values the array or vector of a cell has, zeros included. */
  int length(int column);

  /** Puts the numbers of an array from a place on, in float32; NaN where there is none. */
  void copyArray(int column, float[] target, int first);

  /** Returns the vector of a cell. */
  VectorValues vector(int column);

  /** Returns the text in a cell that is not empty. */
  String text(int column);

  /** Returns the whole row, for errors. */
  Row row();

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
    public String text(int column) {
      return inner.text(column);
    }

    @Override
    public Row row() {
      return inner.toRow();
    }
  }

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
    public String text(int column) {
      return row.getString(column);
    }
  }

  /**
   * What a vector of {@code spark.ml} or {@code spark.mllib} holds.
   *
   * @param size the number of values, zeros included
   * @param indices the index of each value, or null where all are there
   * @param values the values that are there
   */
  @SuppressWarnings("ArrayRecordComponent")
  record VectorValues(int size, int @Nullable [] indices, double[] values) {

    static VectorValues of(Object vector) {
      if (vector instanceof org.apache.spark.ml.linalg.SparseVector sparse) {
        return new VectorValues(sparse.size(), sparse.indices(), sparse.values());
      }

      if (vector instanceof org.apache.spark.mllib.linalg.SparseVector sparse) {
        return new VectorValues(sparse.size(), sparse.indices(), sparse.values());
      }

      double[] values =
          vector instanceof org.apache.spark.ml.linalg.Vector dense
              ? dense.toArray()
              : ((org.apache.spark.mllib.linalg.Vector) vector).toArray();
      return new VectorValues(values.length, null, values);
    }

    /** Tells whether it leaves zeros out. */
    boolean isSparse() {
      return indices != null;
    }

    /** Returns the index of the value at a place. */
    int index(int place) {
      return indices == null ? place : indices[place];
    }

    /** Returns the first place whose index is out of range or not above the one before; else -1. */
    int wrongPlace() {
      int last = -1;
      for (int place = 0; indices != null && place < indices.length; place++) {
        if (indices[place] <= last || indices[place] >= size) {
          return place;
        }

        last = indices[place];
      }

      return -1;
    }
  }
}
