package io.firesteel.ml;

import io.firesteel.models.Sequential;
import io.firesteel.spark.Predictions;
import io.firesteel.spark.internal.rows.ColumnLookup;
import io.firesteel.spark.internal.rows.RowColumns;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** The outputs of a model beside all columns of a data set, whatever their names. */
final class Scoring {

  private static final String ROW = "row";
  private static final String OUTPUT = "output";

  private final Sequential model;
  private final Features features;
  private final String handleInvalid;

  Scoring(Sequential model, Features features, String handleInvalid) {
    this.model = model;
    this.features = features;
    this.handleInvalid = handleInvalid;
  }

  /**
   * Returns the rows with more columns, made of the model's output.
   *
   * @param made makes them from the column of outputs
   */
  Dataset<Row> transform(Dataset<Row> rows, Made made) {
    StructType schema = rows.schema();
    features.columns(model).reader(ColumnLookup.of(schema));
    Column valid =
        handleInvalid.equals(ColumnParams.ERROR)
            ? functions.lit(true)
            : RowValidity.of(schema, features.names());
    Dataset<Row> taken = handleInvalid.equals(ColumnParams.SKIP) ? rows.where(valid) : rows;
    boolean keep = handleInvalid.equals(ColumnParams.KEEP);
    Dataset<Row> predicted =
        Predictions.of(model, features.forPredictions())
            .outputCol(OUTPUT)
            .rawPredictionCol("")
            .probabilityCol("")
            .predictionCol("")
            .addTo(packed(taken, valid, keep));
    Column output = RowColumns.column(OUTPUT);
    Column shown = keep ? functions.when(functions.col("valid"), output) : output;
    List<Column> columns = new ArrayList<>();
    for (String name : schema.fieldNames()) {
      columns.add(functions.col(ROW).getField(name).as(name, schema.apply(name).metadata()));
    }

    columns.addAll(made.of(shown));
    return predicted.select(columns.toArray(new Column[0]));
  }

  private Dataset<Row> packed(Dataset<Row> rows, Column valid, boolean keep) {
    StructType schema = rows.schema();
    List<Column> columns = new ArrayList<>();
    int width = Networks.inputSize(model);
    for (String name : features.names()) {
      Column column = RowColumns.column(name);
      columns.add(
          keep
              ? RowValidity.orZeros(valid, name, schema.apply(name).dataType(), width).as(name)
              : column);
    }

    Column[] all = new Column[schema.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = RowColumns.column(schema.fieldNames()[i]);
    }

    columns.add(functions.struct(all).as(ROW));
    if (keep) {
      columns.add(valid.as("valid"));
    }

    return rows.select(columns.toArray(new Column[0]));
  }

  /** Columns that are made of a column of outputs. */
  interface Made {
    List<Column> of(Column output);
  }
}
