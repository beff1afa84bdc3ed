package io.firesteel.spark;

import io.firesteel.network.Network;
import io.firesteel.network.NetworkPass;
import io.firesteel.variables.VariableSnapshot;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Predicts the rows of one partition, some at a time. A row holds the features first and then the
 * columns that are passed on.
 */
final class PredictTask implements MapPartitionsFunction<Row, Row> {

  private static final long serialVersionUID = 1L;
  private static final int ROWS_AT_ONCE = 256;

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
    private final Queue<Row> ready = new ArrayDeque<>();

    private Predicted(Network network, Iterator<Row> rows) {
      this.pass = network.newPass();
      this.values = VariableSnapshot.wrap(variables.value());
      this.rows = rows;
      this.inputSize = network.inputShape().size();
      this.outputSize = network.outputShape().size();
    }

    @Override
    public boolean hasNext() {
      return !ready.isEmpty() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (ready.isEmpty()) {
        predict();
      }

      Row row = ready.poll();
      if (row == null) {
        throw new NoSuchElementException();
      }

      return row;
    }

    private void predict() {
      Queue<Row> batch = new ArrayDeque<>();
      float[] features = new float[ROWS_AT_ONCE * inputSize];
      while (batch.size() < ROWS_AT_ONCE && rows.hasNext()) {
        Row row = rows.next();
        System.arraycopy(features(row), 0, features, batch.size() * inputSize, inputSize);
        batch.add(row);
      }

      int count = batch.size();
      float[] output = new float[count * outputSize];
      pass.predict(values, Arrays.copyOf(features, count * inputSize), count, output);
      for (int i = 0; i < count; i++) {
        ready.add(
            with(batch.remove(), Arrays.copyOfRange(output, i * outputSize, (i + 1) * outputSize)));
      }
    }

    private float[] features(Row row) {
      float[] features = reader.read(row);
      if (features.length != inputSize) {
        throw new RowProblem(
            "The model %s takes %d features a row. Received %d in the row %s"
                .formatted(modelName, inputSize, features.length, RowReader.describe(row)));
      }

      return features;
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
