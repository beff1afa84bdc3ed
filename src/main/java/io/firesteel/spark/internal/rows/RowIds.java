package io.firesteel.spark.internal.rows;

import io.firesteel.layers.IdColumn;
import io.firesteel.layers.IdColumn.Encoding;
import io.firesteel.layers.IdColumn.HandleInvalid;
import io.firesteel.spark.internal.rows.RowReader.RowProblem;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Row;

/** The id columns of rows: neighbours, from some column on. */
final class RowIds implements Serializable {

  private static final long serialVersionUID = 1L;

  static final RowIds NONE = new RowIds(0, List.of());

  private final int first;
  private final IdColumn[] columns;

  RowIds(int first, List<IdColumn> columns) {
    this.first = first;
    this.columns = columns.toArray(new IdColumn[0]);
  }

  /** Tells whether a column is one of ids. */
  boolean contains(int column) {
    return column >= first && column < first + columns.length;
  }

  /** Tells whether a row is to be left out, for one of its values is no id. */
  boolean isSkipped(RowCells row) {
    for (int i = 0; i < columns.length; i++) {
      if (columns[i].handleInvalid() == HandleInvalid.SKIP
          && index(row, first + i, columns[i]) == IdColumn.INVALID) {
        return true;
      }
    }

    return false;
  }

  /**
   * Returns the index of an id.
   *
   * @throws RowProblem if the value is no id
   */
  int index(RowCells row, int column) {
    IdColumn ids = columns[column - first];
    int index = index(row, column, ids);
    if (index == IdColumn.INVALID) {
      String allowed =
          ids.encoding() == Encoding.HASHED
              ? "ids"
              : "ids from 0 to %d".formatted(ids.inputDim() - 1);
      Row all = row.row();
      String message =
          "The column '%s' must hold %s, unless 'handle_invalid' is skip or keep. Received: %s in the row %s"
              .formatted(ids.column(), allowed, all.get(column), RowReader.describe(all));
      throw row.isNull(column) ? RowProblem.ofValue(message) : new RowProblem(message);
    }

    return index;
  }

  private static int index(RowCells row, int column, IdColumn ids) {
    return row.isNull(column) ? ids.invalidIndex() : row.index(column, ids);
  }
}
