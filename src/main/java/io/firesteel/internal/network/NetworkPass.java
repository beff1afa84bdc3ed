package io.firesteel.internal.network;

import io.firesteel.internal.data.Batch;
import io.firesteel.internal.data.SparseRows;
import io.firesteel.losses.Loss;
import io.firesteel.tensor.MatrixRows;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The computation of a network over batches, for one thread. It keeps its buffers from batch to
 * batch, and its results depend on the arguments of each call alone.
 */
public final class NetworkPass {

  private final Network network;
  private final NodeCall[] calls;
  private final InputRows[] inputs;
  private final GradientPlan plan;
  private final float[][] gradients;
  private final int[] gradientSizes;
  private final List<LossPass> lossPasses = new ArrayList<>();
  private final ClassWeights classWeights;
  private final NetworkVariable[] variables;
  private final NetworkOutput[] outputs;
  private final int[][] completed;

  NetworkPass(Network network, @Nullable MatrixRows @Nullable [] singleRow) {
    this.network = network;
    List<Node> nodes = network.nodes();
    this.calls = new NodeCall[nodes.size()];
    Arrays.setAll(calls, i -> new NodeCall(nodes.get(i), i, singleRow));
    this.inputs = InputRows.of(network);
    this.plan = network.gradientPlan();
    this.gradientSizes = plan.sizes();
    this.gradients = new float[gradientSizes.length][0];
    int firstWeight = 0;
    for (NetworkOutput output : network.outputs()) {
      Loss loss = output.loss();
      if (loss != null) {
        lossPasses.add(new LossPass(output, loss, firstWeight, network));
        firstWeight += output.samplesPerRow();
      }
    }

    this.classWeights = new ClassWeights(network);
    this.variables = network.variables().toArray(new NetworkVariable[0]);
    this.outputs = network.outputs().toArray(new NetworkOutput[0]);
    this.completed = GradientPlan.completedBy(nodes, network.gradientPlaces());
  }

  /**
   * Returns the sums of a training step over a batch in new arrays, see {@link
   * #computeGradients(VariableValues, Batch, long, float, GradientSums)}.
   */
  public GradientSums computeGradients(
      VariableValues snapshot, Batch batch, long seed, float lossScale) {
    GradientSums sums = network.newGradientSums();
    computeGradients(snapshot, batch, seed, lossScale, sums);
    return sums;
  }

  /**
   * Computes the sums of a training step over a batch: of the gradients of the weighted losses with
   * respect to each trainable variable, of the layers' statistics, of the losses and of the
   * metrics. StepUpdate.Penalties on weights are not part of it.
   *
   * @param snapshot the values of all variables, in order
   * @param seed the seed of the layers' randomness in this step
   * @param lossScale what the losses are multiplied by before gradients are taken; the reported
   *     loss is not
   * @param sums filled, whatever it held; from {@link Network#newGradientSums}
   * @throws IllegalArgumentException if variables or batch do not fit the network
   */
  public void computeGradients(
      VariableValues snapshot, Batch batch, long seed, float lossScale, GradientSums sums) {
    computeGradients(snapshot, batch, seed, lossScale, sums, StepStream.NONE);
  }

  /**
   * Computes the sums of a training step over a batch, see {@link #computeGradients(VariableValues,
   * Batch, long, float, GradientSums)}, while its variables come and its gradients leave.
   */
  public void computeGradients(
      VariableValues snapshot,
      Batch batch,
      long seed,
      float lossScale,
      GradientSums sums,
      StepStream stream) {
    checkVariables(snapshot);
    ArrayChecks.requireBatch(network, batch);
    Batch weighted = classWeights.applyTo(batch);
    provide(sums);
    forward(snapshot, batch.features(), batch.sparse(), batch.rows(), true, seed, stream);
    growGradients(batch.rows());
    measure(weighted, true, lossScale, sums.totals());
    backward(lossScale, sums, stream);
    end();
  }

  /** Returns the sums of losses and metrics over a batch in new arrays. */
  public Totals evaluate(VariableValues snapshot, Batch batch) {
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
  public void evaluate(VariableValues snapshot, Batch batch, Totals totals) {
    checkVariables(snapshot);
    ArrayChecks.requireBatch(network, batch);
    forward(snapshot, batch.features(), batch.sparse(), batch.rows(), false, 0, StepStream.NONE);
    measure(batch, false, 1.0f, totals);
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
  public void predict(VariableValues snapshot, float[] features, int rows, float[] output) {
    predict(snapshot, features, null, rows, output);
  }

  /**
   * Computes predictions of rows that may end in sparse features.
   *
   * @param snapshot the values of all variables, in order
   * @param features rows x feature size, without the sparse ones
   * @param sparse the sparse features, or null if the network takes none
   * @param output filled with rows x output size; the values of several outputs of a row one after
   *     the other
   * @throws IllegalArgumentException if an argument does not fit the network
   */
  public void predict(
      VariableValues snapshot,
      float[] features,
      @Nullable SparseRows sparse,
      int rows,
      float[] output) {
    checkVariables(snapshot);
    ArrayChecks.requireFeatures(network, features, sparse, rows);
    int size = network.outputShape().size();
    ArrayChecks.requireLength("output", output, rows, size);
    forward(snapshot, features, sparse, rows, false, 0, StepStream.NONE);
    int first = 0;
    for (NetworkOutput each : outputs) {
      int width = each.shape().size();
      float[] predictions = calls[each.node()].output();
      for (int row = 0; row < rows; row++) {
        System.arraycopy(predictions, row * width, output, row * size + first, width);
      }

      first += width;
    }

    end();
  }

  /** Returns the network. */
  public Network network() {
    return network;
  }

  private void forward(
      VariableValues snapshot,
      float[] features,
      @Nullable SparseRows sparse,
      int rows,
      boolean training,
      long seed,
      StepStream stream) {
    for (InputRows input : inputs) {
      input.take(features, sparse, rows);
    }

    for (NodeCall call : calls) {
      stream.awaitVariables(call.node().endVariable());
      call.begin(rows * call.node().factor(), snapshot, training, seed);
      int[] sources = call.node().sources();
      for (int k = 0; k < sources.length; k++) {
        if (sources[k] >= 0) {
          call.input(k, calls[sources[k]]);
        } else {
          InputRows input = inputs[-1 - sources[k]];
          call.input(k, input.values(), input.sparse());
        }
      }

      call.forward();
    }
  }

  /** Hands the arrays out to the layers. */
  private void provide(GradientSums sums) {
    int[] places = network.gradientPlaces();
    int free = 0;
    for (NodeCall call : calls) {
      call.gradients().begin(sums, places);
      free = call.statistics(sums.statistics(), free);
    }
  }

  /** Fills in the losses and metrics of all outputs, and where they are asked for the gradients. */
  private void measure(Batch batch, boolean withGradients, float lossScale, Totals totals) {
    Objectives objectives = network.objectives();
    Arrays.fill(totals.metrics(), 0.0);
    if (withGradients) {
      clearGradientsWithoutLoss(batch.rows());
    }

    for (int k = 0; k < lossPasses.size(); k++) {
      LossPass pass = lossPasses.get(k);
      int node = pass.output().node();
      boolean[] mask = calls[node].maskOrNull();
      float[] gradient = withGradients ? gradients[plan.ofOutput(node)] : null;
      pass.sums(batch, calls[node].output(), mask, gradient, totals.metrics());
      if (gradient != null) {
        pass.scaleGradient(batch, mask, gradient, lossScale * objectives.gradientFactor(k));
      }

      objectives.put(k, batch.rows(), pass, totals);
    }

    for (NodeCall call : calls) {
      objectives.addActivity(call.penalty(), totals);
    }
  }

  private void clearGradientsWithoutLoss(int rows) {
    for (NetworkOutput output : network.outputs()) {
      if (output.loss() == null) {
        int size = rows * output.shape().size();
        Arrays.fill(gradients[plan.ofOutput(output.node())], 0, size, 0.0f);
      }
    }
  }

  private void backward(float lossScale, GradientSums sums, StepStream stream) {
    float activityFactor = lossScale * network.objectives().activityFactor();
    for (int i = calls.length - 1; i >= 0; i--) {
      if (!plan.isActive(i)) {
        continue;
      }

      NodeCall call = calls[i];
      int[] targets = plan.ofInputs(i);
      float[] gradient = gradients[plan.ofOutput(i)];
      if (plan.isUnread(i)) {
        Arrays.fill(gradient, 0, call.rows() * call.node().output().size(), 0.0f);
      }

      call.outputGradient(gradient);
      for (int k = 0; k < targets.length; k++) {
        call.inputGradient(k, targets[k] == GradientPlan.NONE ? null : gradients[targets[k]]);
      }

      call.backward(activityFactor);
      for (int k = 0; k < targets.length; k++) {
        if (plan.adds(i, k)) {
          add(call.node(), k, gradients[targets[k]]);
        }
      }

      for (int place : completed[i]) {
        if (sums.rowSums(place) == null) {
          stream.finished(place);
        }
      }
    }
  }

  /** Adds the gradient of an input to that of the other readers of the same output. */
  private void add(Node node, int input, float[] gradient) {
    int source = node.sources()[input];
    float[] sum = gradients[plan.ofOutput(source)];
    int size = calls[source].rows() * calls[source].node().output().size();
    for (int i = 0; i < size; i++) {
      sum[i] += gradient[i];
    }
  }

  private void end() {
    for (NodeCall call : calls) {
      call.end();
    }

    for (InputRows input : inputs) {
      input.end();
    }
  }

  private void growGradients(int rows) {
    for (int i = 0; i < gradients.length; i++) {
      int size = Math.multiplyExact(rows, gradientSizes[i]);
      if (gradients[i].length < size) {
        gradients[i] = new float[size];
      }
    }
  }

  private void checkVariables(VariableValues snapshot) {
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

  /** Refuses arrays that are too short for the rows they should hold. */
  private static final class ArrayChecks {

    private ArrayChecks() {}

    static void requireLength(String name, float[] values, int rows, int width) {
      if (rows < 0 || (long) rows * width > values.length) {
        throw new IllegalArgumentException(
            "%d rows of %s need %d values each. Received %d values"
                .formatted(rows, name, width, values.length));
      }
    }

    /** Refuses a batch whose arrays don't fit a network. */
    static void requireBatch(Network network, Batch batch) {
      int rows = batch.rows();
      requireFeatures(network, batch.features(), batch.sparse(), rows);
      requireLength("labels", batch.labels(), rows, network.labelWidth());
      float[] weights = batch.weights();
      if (weights != null) {
        requireLength("weights", weights, rows, batch.weightWidth());
      }
    }

    /** Refuses features that are not so many rows of a network's input. */
    static void requireFeatures(
        Network network, float[] features, @Nullable SparseRows sparse, int rows) {
      int size = network.inputShape().size();
      boolean isSparse = network.isSparse();
      if (isSparse == (sparse == null)) {
        throw new IllegalArgumentException(
            "The model %s takes %s features. Received %s ones"
                .formatted(
                    network.modelName(),
                    isSparse ? "sparse" : "dense",
                    isSparse ? "dense" : "sparse"));
      }

      if (sparse == null) {
        requireLength("features", features, rows, size);
      } else if (sparse.width() > size || sparse.rows() < rows || !fits(network, sparse)) {
        throw new IllegalArgumentException(
            "%d sparse rows need %d features at most. Received: %d rows of %d"
                .formatted(rows, size, sparse.rows(), sparse.width()));
      } else {
        requireLength("features", features, rows, size - sparse.width());
      }
    }

    /** Where there are several inputs, no dense columns belong to a sparse one. */
    private static boolean fits(Network network, SparseRows sparse) {
      return network.inputs().size() == 1 || sparse.width() == network.sparseWidth();
    }
  }
}
