package io.firesteel.spark.internal.rows;

import io.firesteel.layers.IdColumn;
import org.apache.spark.sql.Row;

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

  /** Returns the index of the id in a cell that is not empty, or {@link IdColumn#INVALID}. */
  int index(int column, IdColumn ids);

  /** Returns the whole row, for errors. */
  Row row();
}
