package io.firesteel.spark.internal.rows;

import io.firesteel.spark.internal.seam.FilePlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.AtomicType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;

/**
 * The order of rows that {@code shuffle=false} keeps: that of the {@code orderBy} columns, rows
 * with equal ones by content; else that of files, by (path, block start, row). Any other data set
 * has no order of its own: Spark's changes with the cluster.
 */
public final class GivenOrder {

  private static final String PATH = "__firesteel_path";
  private static final String BLOCK = "__firesteel_block";
  private static final String ROW = "__firesteel_row";

  private final List<String> orderBy;

  public GivenOrder(List<String> orderBy) {
    this.orderBy = orderBy;
  }

  /** Tells whether the rows of a data set have an order that does not change with the cluster. */
  public boolean isIn(Dataset<Row> dataset) {
    return !orderBy.isEmpty() || FilePlan.refused(dataset) == null;
  }

  /**
   * Returns the names of the columns that {@link #sorted} puts behind the others.
   *
   * @throws IllegalArgumentException if the data set has no order of its own, or an {@code orderBy}
   *     column is missing or can't be ordered
   */
  String[] columns(Dataset<Row> dataset) {
    if (orderBy.isEmpty()) {
      requireFiles(dataset);
      return new String[] {PATH, BLOCK, ROW};
    }

    for (String name : orderBy) {
      DataType type = ColumnLookup.of(dataset).find("orderBy", name).type();
      if (!(type instanceof AtomicType) || type instanceof BinaryType) {
        throw new IllegalArgumentException(
            "The column '%s' of orderBy must hold numbers, strings, dates or timestamps. Received: %s"
                .formatted(name, type.catalogString()));
      }
    }

    return orderBy.toArray(new String[0]);
  }

  /** Returns the columns of rows, then those of the order, sorted by the latter. */
  Dataset<Row> sorted(Dataset<Row> dataset, RowColumns columns) {
    ColumnLookup lookup = ColumnLookup.of(dataset);
    Column[] orderColumns =
        orderBy.isEmpty()
            ? new Column[] {
              functions.input_file_name(),
              functions.input_file_block_start(),
              functions.monotonically_increasing_id()
            }
            : orderBy.stream()
                .map(name -> lookup.find("orderBy", name).column())
                .toArray(Column[]::new);
    List<Column> selected = new ArrayList<>(Arrays.asList(columns.select(lookup)));
    List<Column> keys = new ArrayList<>();
    for (int i = 0; i < orderColumns.length; i++) {
      String key = "__firesteel_order_" + i;
      selected.add(orderColumns[i].as(key));
      keys.add(functions.col(key));
    }

    return dataset.select(selected.toArray(new Column[0])).orderBy(keys.toArray(new Column[0]));
  }

  private static void requireFiles(Dataset<Row> dataset) {
    String refused = FilePlan.refused(dataset);
    if (refused != null) {
      throw new IllegalArgumentException(
          "shuffle=false needs orderBy(...): only files that are read, filtered and projected have"
              + " an order of their own that does not change with the cluster. Received the plan: "
              + refused);
    }
  }
}
