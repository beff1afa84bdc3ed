package io.firesteel.spark;

import io.firesteel.callbacks.History;
import io.firesteel.callbacks.HistoryTable;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The history of a run as a data set: a row an epoch, with the columns {@code epoch}, from 0, and
 * one of doubles for each name that was logged, null where an epoch does not have it.
 *
 * <pre>{@code
 * HistoryFrame.of(history).toDF(spark)
 * HistoryFrame.of(HistoryTable.empty().add("sgd", first).add("adam", second)).toDF(spark)
 * }</pre>
 *
 * <p>Several runs have a column {@code run}, too.
 */
public final class HistoryFrame {

  private final HistoryTable table;

  private HistoryFrame(HistoryTable table) {
    this.table = table;
  }

  /** Returns the frame of one run. */
  public static HistoryFrame of(History history) {
    return new HistoryFrame(history.toTable());
  }

  /** Returns the frame of a table. */
  public static HistoryFrame of(HistoryTable table) {
    return new HistoryFrame(table);
  }

  /** Returns the rows as a data set, which is local to the driver. */
  public Dataset<Row> toDF(SparkSession spark) {
    StructType schema = new StructType();
    if (table.hasRuns()) {
      schema = schema.add(HistoryTable.RUN, DataTypes.StringType, false);
    }

    schema = schema.add(HistoryTable.EPOCH, DataTypes.IntegerType, false);
    for (String name : table.names()) {
      schema = schema.add(name, DataTypes.DoubleType, true);
    }

    List<Row> rows = table.rows().stream().map(row -> RowFactory.create(row.toArray())).toList();
    return spark.createDataFrame(rows, schema);
  }
}
