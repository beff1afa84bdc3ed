package io.firesteel.models;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkPass;
import io.firesteel.internal.network.PlacedCall;
import io.firesteel.layers.Dense;
import io.firesteel.tensor.MatrixRows;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.VariableValues;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Predictions of one row at a time, for services: {@code model.predictor()}.
 *
 * <pre>{@code
 * Predictor predictor = Model.load("digits.keras").predictor();
 * float[] probabilities = new float[predictor.outputSize()];
 * predictor.predict(pixels, probabilities);
 * }</pre>
 *
 * <p>One predictor serves any number of threads at once, without locks. Its buffers are made at
 * first use and used again, so that a call allocates nothing; it has as many sets of them as calls
 * ran at the same time, at most 256. It keeps the weights that the model had when it was made.
 *
 * <p>The numbers are those of {@link Model#predict(float[][])} but for the last bits: dense layers
 * multiply a vector and a matrix by loops of Java, the same whatever the BLAS, and keep a second
 * copy of their kernels for it.
 */
public final class Predictor {

  private static final int MOST_PASSES = 256;

  private final Network network;
  private final VariableValues variables;
  private final @Nullable MatrixRows[] matrices;
  private final int inputSize;
  private final int outputSize;
  private final AtomicReferenceArray<@Nullable Pass> idle = new AtomicReferenceArray<>(MOST_PASSES);

  /** The buffers of one call at a time. */
  private static final class Pass {
    private final NetworkPass network;
    private SparseRows sparse = new SparseRows(0);

    Pass(NetworkPass network) {
      this.network = network;
    }

    SparseRows row(int width, int[] indices, float[] values, int entries) {
      if (sparse.width() != width) {
        sparse = new SparseRows(width);
      }

      sparse.clear();
      int first = sparse.addRow(entries);
      System.arraycopy(indices, 0, sparse.indices(), first, entries);
      System.arraycopy(values, 0, sparse.values(), first, entries);
      return sparse;
    }
  }

  Predictor(Network network, VariableValues variables) {
    this.network = network;
    this.variables = variables;
    this.matrices = matrices(network, variables);
    this.inputSize = network.inputShape().size();
    this.outputSize = network.outputShape().size();
  }

  /** Copies the kernels of all dense layers that take vectors; sparse ones stay as they are. */
  private static @Nullable MatrixRows[] matrices(Network network, VariableValues variables) {
    @Nullable MatrixRows[] matrices = new MatrixRows[variables.size()];
    for (PlacedCall call : network.calls()) {
      boolean sparse = network.isSparse() && call.sources().get(0) < 0;
      if (call.layer() instanceof Dense && call.inputs().get(0).rank() == 1 && !sparse) {
        int kernel = call.firstVariable();
        matrices[kernel] = MatrixRows.copyOf(variables.values(kernel), call.inputs().get(0).size());
      }
    }

    return matrices;
  }

  /** Returns the shape of a row; of several inputs, that of all their values. */
  public Shape inputShape() {
    return network.inputShape();
  }

  /** Returns the shape of a row of predictions; of several outputs, that of all their values. */
  public Shape outputShape() {
    return network.outputShape();
  }

  /** Returns the number of values of a row. */
  public int inputSize() {
    return inputSize;
  }

  /** Returns the number of values of a row of predictions. */
  public int outputSize() {
    return outputSize;
  }

  /**
   * Predicts one row.
   *
   * @param row the values in row-major order; those of several inputs one after the other
   * @param output filled with the predictions, flattened; those of several outputs one after the
   *     other
   * @throws IllegalArgumentException if an array has another length than {@link #inputSize} or
   *     {@link #outputSize}, or the model has a sparse input
   */
  public void predict(float[] row, float[] output) {
    if (network.isSparse()) {
      throw new IllegalArgumentException(
          "predict: the model %s has a sparse input. Received a dense row; give dense, indices and values"
              .formatted(network.modelName()));
    }

    requireLength("row", row.length, inputSize);
    requireLength("output", output.length, outputSize);
    Pass pass = take();
    try {
      pass.network.predict(variables, row, 1, output);
    } finally {
      give(pass);
    }
  }

  /** Predicts one row, as {@link #predict(float[], float[])} does, and returns a new array. */
  public float[] predict(float[] row) {
    float[] output = new float[outputSize];
    predict(row, output);
    return output;
  }

  /**
   * Predicts one row of a model with a sparse input.
   *
   * @param dense the values before the sparse ones, or those of the inputs that are not sparse; of
   *     length 0 if there are none
   * @param indices the indices of the sparse entries, ascending; what has none is zero
   * @param values the value of each entry
   * @param entries how many of {@code indices} and {@code values} count, so that longer arrays can
   *     be used again
   * @param output filled with the predictions
   * @throws IllegalArgumentException if lengths don't fit, an index is out of range or not above
   *     the one before it, or the model has no sparse input
   */
  public void predict(float[] dense, int[] indices, float[] values, int entries, float[] output) {
    int width = inputSize - dense.length;
    if (!network.isSparse() || width < 0) {
      throw new IllegalArgumentException(
          "predict: the model %s takes rows of %d values, %s. Received %d dense values and sparse ones"
              .formatted(
                  network.modelName(),
                  inputSize,
                  network.isSparse() ? "the last of them sparse" : "none of them sparse",
                  dense.length));
    }

    requireEntries(indices, values, entries, width);
    requireLength("output", output.length, outputSize);
    Pass pass = take();
    try {
      SparseRows sparse = pass.row(width, indices, values, entries);
      pass.network.predict(variables, dense, sparse, 1, output);
    } finally {
      give(pass);
    }
  }

  private static void requireEntries(int[] indices, float[] values, int entries, int width) {
    if (entries < 0 || entries > indices.length || entries > values.length) {
      throw new IllegalArgumentException(
          "predict: entries must be from 0 to the length of indices and values. Received: %d of %d indices and %d values"
              .formatted(entries, indices.length, values.length));
    }

    int last = -1;
    for (int k = 0; k < entries; k++) {
      if (indices[k] <= last || indices[k] >= width) {
        throw new IllegalArgumentException(
            "predict: the indices must be ascending, from 0 to %d. Received: %d at %d"
                .formatted(width - 1, indices[k], k));
      }

      last = indices[k];
    }
  }

  private static void requireLength(String argument, int given, int expected) {
    if (given != expected) {
      throw new IllegalArgumentException(
          "predict: %s must have %d values. Received: %d".formatted(argument, expected, given));
    }
  }

  /** Returns buffers that nobody uses; new ones if there are none. */
  private Pass take() {
    int home = home();
    for (int i = 0; i < MOST_PASSES; i++) {
      int place = (home + i) % MOST_PASSES;
      if (idle.get(place) != null) {
        Pass pass = idle.getAndSet(place, null);
        if (pass != null) {
          return pass;
        }
      }
    }

    return new Pass(network.newSingleRowPass(matrices));
  }

  /** Keeps buffers for the next call, best of the same thread, as they are in its cache. */
  private void give(Pass pass) {
    int home = home();
    for (int i = 0; i < MOST_PASSES; i++) {
      if (idle.compareAndSet((home + i) % MOST_PASSES, null, pass)) {
        return;
      }
    }
  }

  /** Returns where a thread looks first. */
  private static int home() {
    return (int) (Thread.currentThread().getId() % MOST_PASSES);
  }
}
