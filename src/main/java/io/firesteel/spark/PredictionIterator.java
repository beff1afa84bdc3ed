package io.firesteel.spark;

import io.firesteel.network.Network;
import io.firesteel.network.NetworkPass;
import io.firesteel.variables.VariableSnapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Predicts the rows of a partition, some hundred at a time. */
final class PredictionIterator implements Iterator<Row> {

  private static final int CHUNK_ROWS = 256;

  private final Iterator<Row> rows;
  private final RowReader reader;
  private final int[] columns;
  private final Network network;
  private final NetworkPass pass;
  private final VariableSnapshot variables;
  private final float[] features;
  private final float[] predictions;
  private final Queue<Row> ready = new ArrayDeque<>();

  PredictionIterator(
      Iterator<Row> rows,
      RowReader reader,
      int[] columns,
      NetworkRecipe recipe,
      float[][] variables) {
    this.rows = rows;
    this.reader = reader;
    this.columns = columns;
    this.network = ExecutorNetworks.network(recipe);
    this.pass = network.newPass();
    this.variables = VariableSnapshot.wrap(variables);
    this.features = new float[CHUNK_ROWS * network.inputShape().size()];
    this.predictions = new float[CHUNK_ROWS * network.outputShape().size()];
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

    return ready.remove();
  }

  private void predict() {
    List<Row> chunk = new ArrayList<>(CHUNK_ROWS);
    int width = network.inputShape().size();
    while (chunk.size() < CHUNK_ROWS && rows.hasNext()) {
      Row row = rows.next();
      float[] values = reader.read(features(row));
      if (values.length != width) {
        throw new RowProblem(
            "The model takes %d features a row. Received %d in the row %s"
                .formatted(width, values.length, RowReader.describe(row)));
      }

      System.arraycopy(values, 0, features, chunk.size() * width, width);
      chunk.add(row);
    }

    pass.predict(variables, features, chunk.size(), predictions);
    for (int i = 0; i < chunk.size(); i++) {
      ready.add(withPrediction(chunk.get(i), i));
    }
  }

  private Row features(Row row) {
    Object[] values = new Object[columns.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(columns[i]);
    }

    return RowFactory.create(values);
  }

  private Row withPrediction(Row row, int index) {
    int width = network.outputShape().size();
    double[] prediction = new double[width];
    for (int i = 0; i < width; i++) {
      prediction[i] = predictions[index * width + i];
    }

    Object[] values = new Object[row.size() + 1];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }

    values[row.size()] = width == 1 ? (Object) prediction[0] : Vectors.dense(prediction);
    return RowFactory.create(values);
  }
}
