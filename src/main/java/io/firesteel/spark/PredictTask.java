package io.firesteel.spark;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkPass;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.ExecutorNetworks;
import io.firesteel.spark.internal.rows.OutputForm;
import io.firesteel.spark.internal.rows.PredictedColumns;
import io.firesteel.spark.internal.rows.RowReader;
import io.firesteel.spark.internal.rows.RowReader.RowProblem;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * Predicts the rows of one partition, some at a time. A row holds the features first and then the
 * columns that are passed on.
 */
final class PredictTask implements MapPartitionsFunction<Row, Row> {

  private static final long serialVersionUID = 1L;
  private static final int MOST_ROWS_AT_ONCE = 1024;
  private static final int NONE = -1;
  private static final int MOST_VALUES_AT_ONCE = 4_194_304;

  private final String modelName;
  private final ExecutorNetworkSpec recipe;
  private final RowReader reader;
  private final Broadcast<float[][]> variables;
  private final OutputForm form;
  private final PredictedColumns added;
  private final boolean skip;
  private final boolean keep;

  /**
   * Creates a task.
   *
   * @param skip whether rows without a prediction are left out
   * @param keep whether rows without a prediction stay, with null
   */
  PredictTask(
      String modelName,
      ExecutorNetworkSpec recipe,
      RowReader reader,
      Broadcast<float[][]> variables,
      OutputForm form,
      PredictedColumns added,
      boolean skip,
      boolean keep) {
    this.modelName = modelName;
    this.recipe = recipe;
    this.reader = reader;
    this.variables = variables;
    this.form = form;
    this.added = added;
    this.skip = skip;
    this.keep = keep;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return new Predicted(ExecutorNetworks.network(recipe), rows);
  }

  private final class Predicted implements Iterator<Row> {

    private final NetworkPass pass;
    private final VariableValues values;
    private final Iterator<Row> rows;
    private final int inputSize;
    private final int outputSize;
    private final int rowsAtOnce;
    private final int before;
    private final @Nullable SparseRows sparse;
    private final float[] features;
    private final float[] output;
    private final List<Row> batch = new ArrayList<>();
    private final int[] places;
    private int next;
    private int taken;

    private Predicted(Network network, Iterator<Row> rows) {
      this.pass = network.newPass();
      this.values = VariableValues.wrap(variables.value());
      this.rows = rows;
      this.inputSize = network.inputShape().size();
      this.outputSize = network.outputShape().size();
      this.before = network.isSparse() ? reader.features() - 1 : inputSize;
      this.sparse = network.isSparse() ? new SparseRows(inputSize - before) : null;
      int widest = Math.max(before, outputSize);
      this.rowsAtOnce = Math.max(1, Math.min(MOST_ROWS_AT_ONCE, MOST_VALUES_AT_ONCE / widest));
      this.features = new float[rowsAtOnce * before];
      this.output = new float[rowsAtOnce * outputSize];
      this.places = new int[rowsAtOnce];
    }

    @Override
    public boolean hasNext() {
      if (next == batch.size()) {
        predict();
      }

      return next < batch.size();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }

      int place = places[next];
      return with(batch.get(next++), place);
    }

    private void predict() {
      batch.clear();
      next = 0;
      taken = 0;
      if (sparse != null) {
        sparse.clear();
      }

      while (batch.size() < rowsAtOnce && rows.hasNext()) {
        Row row = rows.next();
        boolean valid = take(row);
        if (valid || keep) {
          places[batch.size()] = valid ? taken++ : NONE;
          batch.add(row);
        }
      }

      if (taken > 0) {
        pass.predict(values, features, sparse, taken, output);
      }
    }

    /** Returns the values of a row, null for one that has no prediction. */
    private float @Nullable [] read(Row row) {
      try {
        return reader.read(row);
      } catch (RowProblem e) {
        if (e.isOfValue() && (skip || keep)) {
          return null;
        }

        throw e;
      }
    }

    /** Takes a row unless it has no prediction because of a value. */
    private boolean take(Row row) {
      float[] read = read(row);
      if (read == null) {
        return false;
      }

      int width = reader.width();
      if (width != inputSize) {
        throw new RowProblem(
            "The model %s takes %d features a row. Received %d in the row %s"
                .formatted(modelName, inputSize, width, RowReader.describe(row)));
      }

      System.arraycopy(read, 0, features, taken * before, before);
      if (sparse != null) {
        sparse.addRow(read, before, (read.length - before) / 2);
      }

      return true;
    }

    /** Returns a row with the output at a place behind its cells. */
    private Row with(Row row, int place) {
      int columns = row.length() - reader.columns();
      @Nullable Object[] cells = new @Nullable Object[columns + added.names().size()];
      for (int i = 0; i < columns; i++) {
        cells[i] = row.get(reader.columns() + i);
      }

      if (place != NONE) {
        added.fill(form, output, place * outputSize, cells, columns);
      }

      return RowFactory.create(cells);
    }
  }
}
