package io.firesteel.models;

import io.firesteel.internal.data.Batch;
import io.firesteel.internal.data.BatchBuffer;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkOutput;
import io.firesteel.internal.network.NetworkPass;
import io.firesteel.training.LocalData;
import io.firesteel.variables.VariableValues;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Predictions of rows in memory, some hundred at a time. */
final class LocalPredictions {

  private static final int CHUNK_ROWS = 256;

  private final Network network;
  private final VariableValues variables;

  LocalPredictions(Network network, VariableValues variables) {
    this.network = network;
    this.variables = variables;
  }

  float[][] predict(float[][] features) {
    requireDense();
    checkSizes(features);
    int inputSize = network.inputShape().size();
    int outputSize = network.outputShape().size();
    NetworkPass pass = network.newPass();
    int chunkRows = Math.min(CHUNK_ROWS, features.length);
    float[] in = new float[chunkRows * inputSize];
    float[] out = new float[chunkRows * outputSize];
    float[][] predictions = new float[features.length][outputSize];
    for (int first = 0; first < features.length; first += chunkRows) {
      int rows = Math.min(chunkRows, features.length - first);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(features[first + i], 0, in, i * inputSize, inputSize);
      }

      pass.predict(variables, in, rows, out);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(out, i * outputSize, predictions[first + i], 0, outputSize);
      }
    }

    return predictions;
  }

  float[][] predict(LocalData data) {
    int rows = Math.toIntExact(data.rows());
    int size = network.outputShape().size();
    ShardBlock block = data.block();
    BatchBuffer buffer = new BatchBuffer();
    NetworkPass pass = network.newPass();
    float[] out = new float[Math.min(CHUNK_ROWS, rows) * size];
    float[][] predictions = new float[rows][];
    for (int first = 0; first < rows; first += CHUNK_ROWS) {
      Batch batch = block.slice(first, Math.min(first + CHUNK_ROWS, rows), buffer);
      pass.predict(variables, batch.features(), batch.sparse(), batch.rows(), out);
      for (int i = 0; i < batch.rows(); i++) {
        predictions[first + i] = Arrays.copyOfRange(out, i * size, (i + 1) * size);
      }
    }

    return predictions;
  }

  /** Cuts rows of predictions of all outputs into those of each, by name. */
  static Map<String, float[][]> byOutput(Network network, float[][] predictions) {
    Map<String, float[][]> outputs = new LinkedHashMap<>();
    int first = 0;
    for (NetworkOutput output : network.outputs()) {
      int end = first + output.shape().size();
      float[][] own = new float[predictions.length][];
      for (int row = 0; row < own.length; row++) {
        own[row] = Arrays.copyOfRange(predictions[row], first, end);
      }

      outputs.put(output.name(), own);
      first = end;
    }

    return outputs;
  }

  private void requireDense() {
    if (network.isSparse()) {
      throw new IllegalArgumentException(
          "predict: the input of the model %s is sparse. Received dense rows; give LocalData.ofSparse(...)"
              .formatted(network.modelName()));
    }
  }

  private void checkSizes(float[][] features) {
    int inputSize = network.inputShape().size();
    for (int i = 0; i < features.length; i++) {
      if (features[i].length != inputSize) {
        throw new IllegalArgumentException(
            "predict: a row of shape %s has %d values. Received: %d in row %d"
                .formatted(network.inputShape(), inputSize, features[i].length, i));
      }
    }
  }
}
