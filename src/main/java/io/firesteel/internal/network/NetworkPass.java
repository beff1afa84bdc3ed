package io.firesteel.internal.network;

import io.firesteel.internal.data.Batch;
import io.firesteel.internal.data.SparseRows;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.VariableSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The computation of a network over batches, for one thread. It keeps its buffers from batch to
 * batch, and its results depend on the arguments of each call alone.
 */
public final class NetworkPass {

  private static final float[] NOTHING = new float[0];

  private final Network network;
  private final StageCall[] calls;
  private final int firstTrained;
  private final int widest;
  private final LossPass lossPass;
  private final ClassWeights classWeights;
  private final NetworkVariable[] variables;
  private float[] gradient = NOTHING;
  private float[] otherGradient = NOTHING;

  NetworkPass(Network network) {
    this.network = network;
    List<Stage> stages = network.stages();
    this.calls = new StageCall[stages.size()];
    int first = stages.size();
    int width = network.outputShape().size();
    for (int i = stages.size() - 1; i >= 0; i--) {
      calls[i] = new StageCall(stages.get(i), i);
      first = stages.get(i).hasTrainableWeights() ? i : first;
      width = Math.max(width, stages.get(i).output().size());
    }

    for (StageCall call : calls) {
      if (call.stage().source() >= 0) {
        call.readFrom(calls[call.stage().source()]);
      }
    }

    this.firstTrained = first;
    this.widest = width;
    this.lossPass = new LossPass(network);
    this.classWeights = new ClassWeights(network);
    this.variables = network.variables().toArray(new NetworkVariable[0]);
  }

  /**
   * Returns the sums of a training step over a batch in new arrays, see {@link
   * #computeGradients(VariableSnapshot, Batch, long, float, GradientSums)}.
   */
  public GradientSums computeGradients(
      VariableSnapshot snapshot, Batch batch, long seed, float lossScale) {
    GradientSums sums = network.newGradientSums();
    computeGradients(snapshot, batch, seed, lossScale, sums);
    return sums;
  }

  /**
   * Computes the sums of a training step over a batch: of the gradients of the weighted losses with
   * respect to each trainable variable, of the layers' statistics, of the losses and of the
   * metrics. Penalties are not part of it.
   *
   * @param snapshot the values of all variables, in order
   * @param seed the seed of the layers' randomness in this step
   * @param lossScale what the losses are multiplied by before gradients are taken; the reported
   *     loss is not
   * @param sums filled, whatever it held; from {@link Network#newGradientSums}
   * @throws IllegalArgumentException if variables or batch do not fit the network
   */
  public void computeGradients(
      VariableSnapshot snapshot, Batch batch, long seed, float lossScale, GradientSums sums) {
    checkVariables(snapshot);
    lossPass.check(batch);
    Batch weighted = classWeights.applyTo(batch);
    provide(sums);
    float[] predictions =
        forward(snapshot, batch.features(), batch.sparse(), batch.rows(), true, seed);
    growGradients(batch.rows());
    lossPass.totals(weighted, predictions, gradient, sums.totals());
    lossPass.scaleGradient(weighted, gradient, lossScale);
    backward();
    end();
  }

  /** Returns the sums of losses and metrics over a batch in new arrays. */
  public Totals evaluate(VariableSnapshot snapshot, Batch batch) {
    Totals totals = network.newTotals();
    evaluate(snapshot, batch, totals);
    return totals;
  }

  /**
   * Computes the sums of losses and metrics over a batch.
   *
   * @param snapshot the values of all variables, in order
   * @param totals filled, whatever it held; from {@link Network#newTotals}
   * @throws IllegalArgumentException if variables or batch do not fit the network
   */
  public void evaluate(VariableSnapshot snapshot, Batch batch, Totals totals) {
    checkVariables(snapshot);
    lossPass.check(batch);
    float[] predictions =
        forward(snapshot, batch.features(), batch.sparse(), batch.rows(), false, 0);
    lossPass.totals(batch, predictions, null, totals);
    end();
  }

  /**
   * Computes predictions.
   *
   * @param snapshot the values of all variables, in order
   * @param features rows x feature size
   * @param output filled with rows x output size
   * @throws IllegalArgumentException if an argument does not fit the network
   */
  public void predict(VariableSnapshot snapshot, float[] features, int rows, float[] output) {
    predict(snapshot, features, null, rows, output);
  }

  /**
   * Computes predictions of rows that may end in sparse features.
   *
   * @param snapshot the values of all variables, in order
   * @param features rows x feature size, without the sparse ones
   * @param sparse the sparse features, or null if the network takes none
   * @param output filled with rows x output size
   * @throws IllegalArgumentException if an argument does not fit the network
   */
  public void predict(
      VariableSnapshot snapshot,
      float[] features,
      @Nullable SparseRows sparse,
      int rows,
      float[] output) {
    checkVariables(snapshot);
    ArrayChecks.requireFeatures(network, features, sparse, rows);
    int size = network.outputShape().size();
    ArrayChecks.requireLength("output", output, rows, size);
    float[] predictions = forward(snapshot, features, sparse, rows, false, 0);
    System.arraycopy(predictions, 0, output, 0, rows * size);
    end();
  }

  /** Returns the network. */
  public Network network() {
    return network;
  }

  private float[] forward(
      VariableSnapshot snapshot,
      float[] features,
      @Nullable SparseRows sparse,
      int rows,
      boolean training,
      long seed) {
    float[] values = features;
    calls[0].sparseInput(sparse);
    for (StageCall call : calls) {
      call.begin(rows, snapshot, values);
      call.mode(training, seed);
      call.stage().layer().forward(call.stage().input(), call);
      values = call.output();
    }

    return values;
  }

  /** Hands the arrays out to the layers. */
  private void provide(GradientSums sums) {
    int gradients = 0;
    int statistics = 0;
    for (StageCall call : calls) {
      gradients = call.weightGradients(sums, gradients);
      statistics = call.statistics(sums.statistics(), statistics);
      call.beginRows();
    }
  }

  private void backward() {
    float[] ofOutput = gradient;
    float[] ofInput = otherGradient;
    for (int i = firstTrained; i < calls.length; i++) {
      calls[i].beginSkipGradient();
    }

    for (int i = calls.length - 1; i >= firstTrained; i--) {
      StageCall call = calls[i];
      call.addSkipGradient(ofOutput);
      call.gradients(ofOutput, i > firstTrained ? ofInput : null);
      call.stage().layer().backward(call.stage().input(), call);
      call.finishRows();
      float[] swap = ofOutput;
      ofOutput = ofInput;
      ofInput = swap;
    }
  }

  private void end() {
    for (StageCall call : calls) {
      call.end();
    }
  }

  private void growGradients(int rows) {
    int size = Math.multiplyExact(rows, widest);
    if (gradient.length < size) {
      gradient = new float[size];
      otherGradient = new float[size];
    }
  }

  private void checkVariables(VariableSnapshot snapshot) {
    if (snapshot.size() != variables.length) {
      throw new IllegalArgumentException(
          "The network %s has %d variables. Received: %d"
              .formatted(network.modelName(), variables.length, snapshot.size()));
    }

    for (int i = 0; i < variables.length; i++) {
      Shape shape = variables[i].weight().shape();
      if (snapshot.values(i).length != shape.size()) {
        throw new IllegalArgumentException(
            "The variable %s of shape %s holds %d values. Received: %d"
                .formatted(variables[i].path(), shape, shape.size(), snapshot.values(i).length));
      }
    }
  }
}
