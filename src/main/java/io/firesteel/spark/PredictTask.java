package io.firesteel.spark;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkPass;
import io.firesteel.spark.internal.execution.ExecutorNetworks;
import io.firesteel.spark.internal.execution.NetworkRecipe;
import io.firesteel.spark.internal.rows.RowReader;
import io.firesteel.spark.internal.rows.RowReader.RowProblem;
import io.firesteel.variables.VariableSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
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
  private static final int MOST_VALUES_AT_ONCE = 4_194_304;

  private final String modelName;
  private final NetworkRecipe recipe;
  private final RowReader reader;
  private final Broadcast<float[][]> variables;

  PredictTask(
      String modelName, NetworkRecipe recipe, RowReader reader, Broadcast<float[][]> variables) {
    this.modelName = modelName;
    this.recipe = recipe;
    this.reader = reader;
    this.variables = variables;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return new Predicted(ExecutorNetworks.network(recipe), rows);
  }

  private final class Predicted implements Iterator<Row> {

    private final NetworkPass pass;
    private final VariableSnapshot values;
    private final Iterator<Row> rows;
    private final int inputSize;
    private final int outputSize;
    private final int rowsAtOnce;
    private final int before;
    private final @Nullable SparseRows sparse;
    private final float[] features;
    private final float[] output;
    private final List<Row> batch = new ArrayList<>();
    private int next;

    private Predicted(Network network, Iterator<Row> rows) {
      this.pass = network.newPass();
      this.values = VariableSnapshot.wrap(variables.value());
      this.rows = rows;
      this.inputSize = network.inputShape().size();
      this.outputSize = network.outputShape().size();
      this.before = network.isSparse() ? reader.features() - 1 : inputSize;
      this.sparse = network.isSparse() ? new SparseRows(inputSize - before) : null;
      int widest = Math.max(before, outputSize);
      this.rowsAtOnce = Math.max(1, Math.min(MOST_ROWS_AT_ONCE, MOST_VALUES_AT_ONCE / widest));
      this.features = new float[rowsAtOnce * before];
      this.output = new float[rowsAtOnce * outputSize];
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

      int from = next * outputSize;
      return with(batch.get(next++), Arrays.copyOfRange(output, from, from + outputSize));
    }

    private void predict() {
      batch.clear();
      next = 0;
      if (sparse != null) {
        sparse.clear();
      }

      while (batch.size() < rowsAtOnce && rows.hasNext()) {
        Row row = rows.next();
        if (take(row)) {
          batch.add(row);
        }
      }

      if (!batch.isEmpty()) {
        pass.predict(values, features, sparse, batch.size(), output);
      }
    }

    /** Takes a row unless it is left out because of its ids. */
    private boolean take(Row row) {
      float[] read = reader.read(row);
      if (read == null) {
        return false;
      }

      int width = reader.width();
      if (width != inputSize) {
        throw new RowProblem(
            "The model %s takes %d features a row. Received %d in the row %s"
                .formatted(modelName, inputSize, width, RowReader.describe(row)));
      }

      System.arraycopy(read, 0, features, batch.size() * before, before);
      if (sparse != null) {
        sparse.addRow(read, before, (read.length - before) / 2);
      }

      return true;
    }

    private Row with(Row row, float[] prediction) {
      int columns = row.length() - reader.columns();
      Object[] cells = new Object[columns + 1];
      for (int i = 0; i < columns; i++) {
        cells[i] = row.get(reader.columns() + i);
      }

      cells[columns] = prediction;
      return RowFactory.create(cells);
    }
  }
}
