package io.firesteel.training;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.CallbackModel;
import io.firesteel.internal.data.Batch;
import io.firesteel.internal.data.BatchBuffer;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.gradients.DataChecks;
import io.firesteel.internal.network.NetworkPass;
import io.firesteel.internal.network.Totals;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Rows in memory that go through a model batch by batch, in the order in which they are given, with
 * callbacks around each batch in Keras's order (Keras 3.15, keras/src/backend/jax/trainer.py).
 */
final class BatchPasses {

  private final TrainableModel model;
  private final BatchOptions options;
  private final List<Callback> lastFirst;

  BatchPasses(TrainableModel model, BatchOptions options) {
    this.model = model;
    this.options = options;
    this.lastFirst = new ArrayList<>(options.callbacks());
    Collections.reverse(lastFirst);
    CallbackModel view = new ModelView(model, () -> {});
    options.callbacks().forEach(callback -> callback.setModel(view));
  }

  /** Returns loss and metrics of rows, of which the callbacks hear after each batch. */
  Map<String, Double> evaluate(LocalData rows) {
    NetworkPass pass = model.network().newPass();
    VariableValues variables = VariableValues.of(model.variables());
    StepUpdate update = new StepUpdate(model);
    EpochSums sums = new EpochSums(model.network());
    DataChecks.requireLabels(model.network(), rows.block());
    return tested(
        logs ->
            eachBatch(
                rows,
                (number, batch) -> {
                  each(callback -> callback.onTestBatchBegin(number));
                  Totals totals = pass.evaluate(variables, batch);
                  sums.add(totals, update.loss(totals));
                  sums.putInto(logs, "");
                  each(callback -> callback.onTestBatchEnd(number, logs));
                }));
  }

  /** Returns what is computed of all rows at once, which callbacks hear of as of one batch. */
  Map<String, Double> evaluateAtOnce(Consumer<Map<String, Double>> compute) {
    return tested(
        logs -> {
          each(callback -> callback.onTestBatchBegin(0));
          compute.accept(logs);
          each(callback -> callback.onTestBatchEnd(0, logs));
        });
  }

  private Map<String, Double> tested(Consumer<Map<String, Double>> run) {
    Map<String, Double> logs = new LinkedHashMap<>();
    each(Callback::onTestBegin);
    try {
      run.accept(logs);
    } finally {
      lastFirst.forEach(callback -> callback.onTestEnd(logs));
    }

    return logs;
  }

  /** Returns the predictions of rows, of which the callbacks hear after each batch. */
  float[][] predict(LocalData rows) {
    int size = model.network().outputShape().size();
    NetworkPass pass = model.network().newPass();
    VariableValues variables = VariableValues.of(model.variables());
    float[][] predictions = new float[Math.toIntExact(rows.rows())][];
    float[] out = new float[Math.min(options.batchSize(), predictions.length) * size];
    each(Callback::onPredictBegin);
    eachBatch(
        rows,
        (number, batch) -> {
          each(callback -> callback.onPredictBatchBegin(number));
          pass.predict(variables, batch.features(), batch.sparse(), batch.rows(), out);
          int first = number * options.batchSize();
          for (int i = 0; i < batch.rows(); i++) {
            predictions[first + i] = Arrays.copyOfRange(out, i * size, (i + 1) * size);
          }

          float[][] ofBatch = Arrays.copyOfRange(predictions, first, first + batch.rows());
          each(callback -> callback.onPredictBatchEnd(number, ofBatch));
        });
    each(Callback::onPredictEnd);
    return predictions;
  }

  private interface BatchWork {
    void take(int number, Batch batch);
  }

  private void eachBatch(LocalData data, BatchWork work) {
    ShardBlock block = data.block();
    BatchBuffer buffer = new BatchBuffer();
    int number = 0;
    for (int first = 0; first < block.rows(); first += options.batchSize()) {
      int end = (int) Math.min((long) first + options.batchSize(), block.rows());
      work.take(number, block.slice(first, end, buffer));
      number++;
    }
  }

  private void each(Consumer<Callback> event) {
    options.callbacks().forEach(event);
  }
}
