package io.firesteel.internal.data;

import io.firesteel.tensor.Shape;

/** What can be said of data without its values: how many rows of which shape it has. */
public interface DataForm {

  /** Tells whether rows end in sparse features, of which only the entries are held. */
  default boolean isSparse() {
    return false;
  }

  /** Returns the shape of one row of features. */
  Shape featureShape();

  /** Returns the number of labels of a row. */
  int labelWidth();

  /**
   * Returns the number of weights of a row: 0 for none, 1, or one for each sample of a row; of
   * several outputs those of one for all of them, or those of each one after the other.
   */
  default int weightWidth() {
    return 0;
  }

  /**
   * Returns the number of rows.
   *
   * @throws IllegalArgumentException if a value is missing, NaN or of another size than the others,
   *     naming column and row
   */
  long rows();
}
